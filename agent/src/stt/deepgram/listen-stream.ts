import type { Deepgram } from '@deepgram/sdk';
import type { Logger } from 'pino';
import { createAsyncQueue } from '../../runtime/async-queue.ts';
import type { Clock } from '../../runtime/clock.ts';
import {
  type DeepgramConnection,
  type DeepgramHandlers,
  type DeepgramSocket,
  failed,
} from '../../runtime/deepgram-connection.ts';
import type { ProviderError } from '../../runtime/provider-error.ts';
import type { HeardFrame, SttEvent, SttStream } from '../contract.ts';
import { answeringFinal, orderedWords } from '../final-event.ts';
import { requireRate } from './require-rate.ts';
import { createSpokenSound, createWaitingSound, msOf } from './sound-in.ts';
import { createTranscript, type HeardSpan } from './transcript.ts';

/** What Nova sends. */
export type ListenMessage =
  | Deepgram.listen.ListenV1Results
  | Deepgram.listen.ListenV1Metadata
  | Deepgram.listen.ListenV1UtteranceEnd
  | Deepgram.listen.ListenV1SpeechStarted;

/** What of the SDK's socket a stream uses. */
export interface ListenSocket extends DeepgramSocket<ListenMessage> {
  sendMedia(sound: ArrayBufferView): void;
  sendFinalize(message: { readonly type: 'Finalize' }): void;
  sendKeepAlive(message: { readonly type: 'KeepAlive' }): void;
}

/** Events that may wait to be read; a reader that is further behind has stopped reading. */
const MOST_EVENTS = 1_000;
/** Silence after speech that is sent, in ms: the vendor's end of an utterance needs a second of it. */
const TAIL_MS = 1_500;
/** How often the vendor is told that somebody is still there, in ms. It closes after 10 s and advises 3 to 5 s. */
const KEEP_ALIVE_MS = 4_000;
/**
 * How long the answer to Finalize is waited for, in ms; then what is understood so far is the answer. The vendor does
 * not promise one, and a call waits for 1.5 s beyond the end of a turn.
 */
const FINAL_WITHIN_MS = 1_000;
/** How far the end of a finalised span may be from the sound that was sent, in ms. */
const FINALISED_NEAR_MS = 250;
/** Speech longer than this, in ms, has some answer in `FINAL_WITHIN_MS`, or the vendor hears nothing. */
const ANSWERED_SPEECH_MS = 500;

/** A final that was asked for, and has not been given. */
interface OwedFinal {
  /** Place in the stream up to which it is to reach, in ms; known once the wish is sent. */
  untilMs: number;
  readonly isAsked: boolean;
  /** Speech before it and after the wish before it, in ms. */
  readonly speechMs: number;
  cancelDeadline: () => void;
}

/** One ear's stream to Nova. Finals are given when they are asked for: until then final words are part of interims. */
export function openListenStream(options: {
  readonly connect: (handlers: DeepgramHandlers<ListenMessage, ListenSocket>) => DeepgramConnection;
  readonly prefixPaddingMs: number;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly log: Logger;
}): SttStream {
  const { signal, clock, log } = options;
  const events = createAsyncQueue<SttEvent>(MOST_EVENTS);
  const spoken = createSpokenSound({ prefixPaddingMs: options.prefixPaddingMs, tailMs: TAIL_MS });
  const waiting = createWaitingSound<OwedFinal>();
  const transcript = createTranscript();
  let phase:
    | { readonly kind: 'opening' | 'over' }
    | { readonly kind: 'open'; readonly socket: ListenSocket } = {
    kind: 'opening',
  };
  let owed: readonly OwedFinal[] = [];
  let sentMs = 0;
  let hasSent = false;
  let speechMs = 0;
  let utteranceStartMs = 0;
  let lastInterim = '';
  let isSpeaking = false;
  let cancelKeepAlive = () => {};

  const end = () => {
    phase = { kind: 'over' };
    cancelKeepAlive();
    for (const { cancelDeadline } of owed) cancelDeadline();
    owed = [];
    signal.removeEventListener('abort', onAbort);
  };
  const fail = (error: ProviderError) => {
    end();
    connection?.close();
    events.fail(error);
  };
  const onAbort = () => {
    end();
    connection?.close();
    events.end();
  };

  const keepAlive = (socket: ListenSocket) => {
    if (!hasSent) socket.sendKeepAlive({ type: 'KeepAlive' });
    hasSent = false;
    cancelKeepAlive = clock.at(clock.nowMs() + KEEP_ALIVE_MS, () => keepAlive(socket));
  };

  const sendSound = (socket: ListenSocket, { samples }: HeardFrame) => {
    // An empty frame would end the stream.
    if (samples.length === 0) return;
    socket.sendMedia(samples);
    sentMs += msOf(samples.length);
    hasSent = true;
  };

  const askFinal = (socket: ListenSocket, final: OwedFinal) => {
    final.untilMs = sentMs;
    if (!final.isAsked) return;
    socket.sendFinalize({ type: 'Finalize' });
    hasSent = true;
    final.cancelDeadline = clock.at(clock.nowMs() + FINAL_WITHIN_MS, () => giveUpOn(final));
  };

  const giveUpOn = (late: OwedFinal) => {
    if (late.speechMs >= ANSWERED_SPEECH_MS && transcript.coveredUntilMs <= utteranceStartMs) {
      return fail(failed('timeout', `no answer to ${Math.round(late.speechMs)} ms of speech`));
    }
    log.debug({ waitedMs: FINAL_WITHIN_MS }, 'no final came; what was understood so far is taken');
    while (owed[0] !== undefined && owed[0] !== late) answer(owed[0]);
    answer(late);
    settle();
  };

  const answer = (final: OwedFinal) => {
    final.cancelDeadline();
    owed = owed.filter((other) => other !== final);
    const { words, ...understood } = transcript.cut();
    const relative = words.map(({ text, startMs, endMs }) => ({
      text,
      startMs: startMs - utteranceStartMs,
      endMs: endMs - utteranceStartMs,
    }));
    const soundMs = Math.max(0, sentMs - utteranceStartMs);
    events.push(answeringFinal({ ...understood, words: orderedWords(relative, soundMs) }));
    utteranceStartMs = final.untilMs;
    lastInterim = '';
  };

  /** Answers what needs nothing more from the vendor. */
  const settle = () => {
    for (;;) {
      const [next] = owed;
      if (next === undefined || phase.kind !== 'open') return;
      if (next.isAsked && transcript.finalUntilMs < next.untilMs - 1) return;
      answer(next);
    }
  };

  const takeResults = (results: Deepgram.listen.ListenV1Results) => {
    const span = spanOf(results);
    transcript.take(span);
    if (span.text !== '') begin();
    const [next] = owed;
    if (results.from_finalize === true && next?.isAsked && span.endMs >= next.untilMs - FINALISED_NEAR_MS) {
      answer(next);
    }
    settle();
    if (transcript.text !== '' && transcript.text !== lastInterim) {
      lastInterim = transcript.text;
      events.push({ type: 'interim', text: lastInterim });
    }
    if (results.speech_final === true) stop();
  };

  const begin = () => {
    if (!isSpeaking) events.push({ type: 'speechStarted' });
    isSpeaking = true;
  };
  const stop = () => {
    if (isSpeaking) events.push({ type: 'speechEnded' });
    isSpeaking = false;
  };

  const take = (message: ListenMessage) => {
    switch (message.type) {
      case 'Results':
        return takeResults(message);
      case 'SpeechStarted':
        return begin();
      case 'UtteranceEnd':
        return stop();
      case 'Metadata':
        return;
      default:
        return takeOther(message);
    }
  };
  const takeOther = (message: object) => {
    const { type, description } = message as { readonly type?: unknown; readonly description?: unknown };
    // Not in the vendor's present description; older servers sent it before they closed.
    if (type === 'Error') return fail(failed('unavailable', String(description).slice(0, 200)));
    log.debug({ type: String(type) }, 'Deepgram sent a message of an unknown type');
  };

  if (signal.aborted) phase = { kind: 'over' };
  const connection = signal.aborted
    ? null
    : options.connect({
        onOpen(socket) {
          phase = { kind: 'open', socket };
          if (waiting.droppedMs > 0) {
            log.warn(
              { droppedMs: waiting.droppedMs },
              'sound came before the recogniser was reached; its start is lost',
            );
          }
          for (const item of waiting.take()) {
            if ('frame' in item) sendSound(socket, item.frame);
            else askFinal(socket, item.wish);
          }
          keepAlive(socket);
          settle();
        },
        onMessage: take,
        onLost: fail,
      });
  if (signal.aborted) events.end();
  else signal.addEventListener('abort', onAbort, { once: true });

  return {
    push(frame) {
      requireRate(frame);
      if (phase.kind === 'over') return;
      if (frame.isSpeech) speechMs += msOf(frame.samples.length);
      for (const sent of spoken.take(frame)) {
        if (phase.kind === 'open') sendSound(phase.socket, sent);
        else waiting.push(sent);
      }
    },
    finalize() {
      if (phase.kind === 'over') return;
      const final: OwedFinal = { untilMs: sentMs, isAsked: speechMs > 0, speechMs, cancelDeadline: () => {} };
      speechMs = 0;
      owed = [...owed, final];
      if (phase.kind !== 'open') return waiting.ask(final);
      askFinal(phase.socket, final);
      settle();
    },
    async *[Symbol.asyncIterator]() {
      for await (const event of events) {
        if (signal.aborted) return;
        yield event;
      }
    },
  };
}

function spanOf({ start, duration, is_final, channel }: Deepgram.listen.ListenV1Results): HeardSpan {
  const [best] = channel.alternatives;
  return {
    startMs: start * 1000,
    endMs: (start + duration) * 1000,
    isFinal: is_final === true,
    text: best?.transcript ?? '',
    words: (best?.words ?? []).map((word) => ({
      text: word.punctuated_word ?? word.word,
      startMs: word.start * 1000,
      endMs: word.end * 1000,
    })),
    language: best?.languages?.[0],
  };
}
