import type { Logger } from 'pino';
import { createAsyncQueue } from '../runtime/async-queue.ts';
import type { Clock } from '../runtime/clock.ts';
import {
  languageOfSarvam,
  SARVAM,
  sarvamClose,
  sarvamError,
  sarvamHeaders,
} from '../runtime/sarvam-connection.ts';
import type { SttEvent, SttStream } from './contract.ts';
import { answeringFinal, type Understood } from './final-event.ts';
import { audioMessage, FLUSH, readRecogniserMessage } from './sarvam-messages.ts';
import { openSpeechSocket } from './speech-socket.ts';

/** Events that may wait to be read; a reader that is further behind has stopped reading. */
const MOST_EVENTS = 1_000;
/** Speech shorter than this, in ms, is a click or a cough. */
const SHORTEST_SPEECH_MS = 160;
/**
 * How long a vendor that told of no speech is waited for after a flush, in ms: it has found none then, and does not say
 * so. Source: its transcripts come 200 to 500 ms after a flush, and the start of speech is told sooner than that.
 */
const NO_SPEECH_WAIT_MS = 1_000;

/** A final that was asked for, with what was transcribed for it so far. */
interface Owed {
  readonly heard: Heard;
  /** Utterances of it that are still to be transcribed; null while the vendor has told of none. */
  awaited: number | null;
  cancelWait: () => void;
}

interface Heard {
  readonly texts: string[];
  language: string | undefined;
}

const nothing = (): Heard => ({ texts: [], language: undefined });

/**
 * One ear's stream. The vendor divides sound into utterances by its own measure and transcribes each, none twice; a final
 * is all that it transcribed since the last. Sound goes out without a break, since it waits for silence too.
 */
export function openSarvamStream(options: {
  readonly url: string;
  readonly apiKey: string;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly log: Logger;
}): SttStream {
  const { url, apiKey, clock, log } = options;
  const failing = new AbortController();
  const signal = AbortSignal.any([options.signal, failing.signal]);
  const events = createAsyncQueue<SttEvent>(MOST_EVENTS);
  const owed: Owed[] = [];
  /** What was transcribed since the last final was asked for, and of how many utterances there is more to come. */
  let heard = nothing();
  let awaited = 0;
  /** Speech since the last final was asked for, and since the last transcript, in ms, by our own gate. */
  let speechMs = 0;
  let unheardMs = 0;
  let droppedFrames = 0;

  const fail = (error: unknown) => {
    if (signal.aborted) return;
    events.fail(error);
    failing.abort(error);
  };
  if (options.signal.aborted) events.end();
  else options.signal.addEventListener('abort', () => events.end(), { once: true });
  signal.addEventListener('abort', () => owed.splice(0).forEach(({ cancelWait }) => cancelWait()), {
    once: true,
  });

  const socket = openSpeechSocket({
    provider: SARVAM.name,
    url,
    headers: sarvamHeaders(apiKey),
    secrets: [apiKey],
    signal,
    clock,
    greeting: [],
    mayRest: () => speechMs === 0 && awaited === 0 && owed.length === 0,
    closeError: sarvamClose,
    onText(text) {
      try {
        hear(text);
      } catch (error) {
        fail(error);
      }
    },
    onLost: fail,
    onDropped() {
      droppedFrames += 1;
      if (droppedFrames === 1)
        log.warn({ provider: SARVAM.name }, 'the vendor opens slowly: the oldest sound is dropped');
    },
  });

  const hear = (text: string) => {
    const message = readRecogniserMessage(text);
    switch (message?.type) {
      case 'events': {
        const { signal_type: told } = message.data;
        if (told === 'START_SPEECH') {
          const untold = owed.find((entry) => entry.awaited === null);
          if (untold === undefined) awaited += 1;
          else untold.awaited = 1;
          events.push({ type: 'speechStarted' });
        }
        if (told === 'END_SPEECH') events.push({ type: 'speechEnded' });
        return;
      }
      case 'data':
        return takeText(message.data.transcript, languageOfSarvam(message.data.language_code));
      case 'error':
        return fail(sarvamError(message.data, [apiKey]));
      case undefined:
        return;
    }
  };

  const takeText = (text: string, language: string | undefined) => {
    const [next] = owed;
    const into = next?.heard ?? heard;
    if (text.trim() !== '') into.texts.push(text.trim());
    into.language = language ?? into.language;
    unheardMs = 0;
    if (next !== undefined) {
      next.awaited = (next.awaited ?? 1) - 1;
      return settle();
    }
    awaited = Math.max(0, awaited - 1);
    if (heard.texts.length === 0) return;
    if (speechMs > 0) return void events.push({ type: 'interim', text: heard.texts.join(' ') });
    // Nobody has spoken by our gate, so that nobody may ask for it.
    events.push({ ...answeringFinal(understoodOf(heard)), answersFinalize: false });
    heard = nothing();
  };

  const settle = () => {
    for (let next = owed[0]; next?.awaited === 0; next = owed[0]) {
      next.cancelWait();
      events.push(answeringFinal(understoodOf(next.heard)));
      owed.shift();
    }
  };

  /** A vendor that tells of no speech has heard none: but not before it could. */
  const waitForSpeech = (entry: Owed, sinceMs: number) => {
    entry.cancelWait = clock.at(sinceMs + NO_SPEECH_WAIT_MS, () => {
      if (entry.awaited !== null) return;
      const openSinceMs = socket.openSinceMs ?? clock.nowMs();
      if (clock.nowMs() < openSinceMs + NO_SPEECH_WAIT_MS) return waitForSpeech(entry, openSinceMs);
      entry.awaited = 0;
      settle();
    });
  };

  return {
    push(frame) {
      if (signal.aborted) return;
      if (frame.isSpeech) {
        const ms = (frame.samples.length * 1000) / frame.sampleRateHz;
        speechMs += ms;
        unheardMs += ms;
      }
      socket.sendSound(audioMessage(frame.samples, frame.sampleRateHz));
    },
    finalize() {
      if (signal.aborted) return;
      const entry: Owed = { heard, awaited, cancelWait: () => {} };
      const isUntold = awaited === 0 && unheardMs >= SHORTEST_SPEECH_MS;
      heard = nothing();
      awaited = 0;
      speechMs = 0;
      unheardMs = 0;
      owed.push(entry);
      if (isUntold) {
        entry.awaited = null;
        waitForSpeech(entry, clock.nowMs());
      }
      if (entry.awaited !== 0) socket.send(FLUSH);
      settle();
    },
    async *[Symbol.asyncIterator]() {
      for await (const event of events) {
        if (options.signal.aborted) return;
        yield event;
      }
    },
  };
}

function understoodOf({ texts, language }: Heard): Understood {
  const understood = { text: texts.join(' '), words: [] };
  return language === undefined ? understood : { ...understood, language };
}
