import type { Logger } from 'pino';
import { createAsyncQueue } from '../../runtime/async-queue.ts';
import type { Clock } from '../../runtime/clock.ts';
import {
  ELEVENLABS,
  elevenlabsCloseError,
  elevenlabsError,
  elevenlabsMessageError,
} from '../../runtime/elevenlabs-account.ts';
import type { HeardFrame, SttEvent, SttStream } from '../contract.ts';
import { recentFrames } from '../recent-frames.ts';
import { openSpeechSocket } from '../speech-socket.ts';
import { createCommits } from './commits.ts';
import { readScribeMessage } from './server-message.ts';

/** Rate of the sound that is sent, in Hz: the ear's own. */
const RATE_HZ = 16_000;
/** Events that may wait to be read; a reader that is further behind has stopped reading. */
const MOST_EVENTS = 1_000;
/** Speech shorter than this, in ms, is a click or a cough. */
const SHORTEST_SPEECH_MS = 160;
/** A commit of less new sound is ignored, in ms. Source: the vendor takes 300. */
const SHORTEST_COMMIT_MS = 320;
/** Sound that is sent before it is committed, in ms. Source: the vendor commits by itself after 90 s. */
const LONGEST_UNCOMMITTED_MS = 60_000;
/** While nobody speaks a frame goes out this often, in ms, so that the session is kept. Source: Pipecat sends silence every 5 s. */
const KEEP_ALIVE_MS = 5_000;
/** Closes by which a session ends that nobody spoke in. */
const IDLE_CODES: ReadonlySet<number> = new Set([1000, 1001, 1005, 1008]);

/** What somebody says now: nothing yet, with what came before it, or something, which goes out as it comes. */
type Utterance =
  | { readonly kind: 'quiet'; readonly before: readonly HeardFrame[] }
  | { readonly kind: 'speaking'; readonly fromMs: number; readonly speechMs: number };

/**
 * One ear's session. Sound goes out while somebody speaks, and hardly any between; an utterance is committed when its
 * final is asked for.
 */
export function openScribeStream(options: {
  readonly url: string;
  readonly apiKey: string;
  readonly prefixPaddingMs: number;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly log: Logger;
}): SttStream {
  const { apiKey, prefixPaddingMs, clock, log } = options;
  const failing = new AbortController();
  const signal = AbortSignal.any([options.signal, failing.signal]);
  const events = createAsyncQueue<SttEvent>(MOST_EVENTS);
  const commits = createCommits({ clock, onFinal: (final) => void events.push(final) });
  let utterance: Utterance = { kind: 'quiet', before: [] };
  let quietMs = 0;
  let lastInterim = '';
  /** Sound sent in this session, and how much of it was committed, in ms. */
  let sentMs = 0;
  let committedMs = 0;
  let droppedFrames = 0;

  const stop = () => {
    commits.stop();
    events.end();
  };
  const fail = (error: unknown) => {
    if (signal.aborted) return;
    commits.stop();
    events.fail(error);
    failing.abort(error);
  };
  if (options.signal.aborted) stop();
  else options.signal.addEventListener('abort', stop, { once: true });

  const socket = openSpeechSocket({
    provider: ELEVENLABS,
    url: options.url,
    headers: { 'xi-api-key': apiKey },
    secrets: [apiKey],
    signal,
    clock,
    greeting: [],
    mayRest: () => utterance.kind === 'quiet' && commits.owed === 0,
    closeError: (code, reason) => ({
      error: elevenlabsCloseError(code, reason),
      isIdle: IDLE_CODES.has(code),
    }),
    onRest() {
      sentMs = 0;
      committedMs = 0;
    },
    onText: hear,
    onLost: fail,
    onDropped() {
      droppedFrames += 1;
      if (droppedFrames === 1)
        log.warn({ provider: ELEVENLABS }, 'the session opens slowly: the oldest sound is dropped');
    },
  });

  function hear(text: string): void {
    const message = readScribeMessage(text);
    switch (message?.type) {
      case 'partial': {
        // What comes between a commit and its text is of the utterance that is over.
        const soFar = commits.soFar(message.text);
        if (commits.owed > 0 || soFar === '' || soFar === lastInterim) return;
        lastInterim = soFar;
        events.push({ type: 'interim', text: soFar });
        return;
      }
      case 'committed':
      case 'timed':
      case 'nothingCommitted':
        return commits.hear(message);
      case 'error':
        return fail(elevenlabsMessageError(message.code, message.detail));
      case 'other':
        return;
      case undefined:
        return fail(elevenlabsError('protocol', 'it sent what is no message of its protocol'));
    }
  }

  const chunk = (samples: Int16Array, commit: boolean) =>
    JSON.stringify({
      message_type: 'input_audio_chunk',
      audio_base_64: Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength).toString('base64'),
      commit,
      sample_rate: RATE_HZ,
    });
  const append = (samples: Int16Array) => {
    sentMs += msOf(samples);
    quietMs = 0;
    socket.sendSound(chunk(samples, false));
  };

  const commit = () => {
    committedMs = sentMs;
    socket.send(chunk(new Int16Array(0), true));
  };

  const pushQuiet = (before: readonly HeardFrame[], frame: HeardFrame) => {
    quietMs += msOf(frame.samples);
    const isKeptAlive = quietMs >= KEEP_ALIVE_MS;
    if (isKeptAlive) append(frame.samples);
    utterance = {
      kind: 'quiet',
      before: isKeptAlive ? [] : recentFrames([...before, frame], prefixPaddingMs),
    };
  };

  return {
    push(frame) {
      if (signal.aborted) return;
      if (frame.sampleRateHz !== RATE_HZ) {
        throw elevenlabsError('bad_request', `frames must be of ${RATE_HZ} Hz, not ${frame.sampleRateHz}`);
      }
      if (utterance.kind === 'quiet') {
        if (!frame.isSpeech) return pushQuiet(utterance.before, frame);
        const { before } = utterance;
        utterance = { kind: 'speaking', fromMs: sentMs, speechMs: 0 };
        for (const { samples } of before) append(samples);
      }
      append(frame.samples);
      const { fromMs, speechMs } = utterance;
      utterance = { ...utterance, speechMs: speechMs + (frame.isSpeech ? msOf(frame.samples) : 0) };
      if (sentMs - committedMs < LONGEST_UNCOMMITTED_MS) return;
      commits.owePart({ fromMs, untilMs: sentMs, committedMs });
      commit();
    },
    finalize() {
      if (signal.aborted) return;
      lastInterim = '';
      const ended = utterance;
      utterance = { kind: 'quiet', before: [] };
      if (ended.kind === 'quiet' || ended.speechMs < SHORTEST_SPEECH_MS) return commits.oweSilence();
      const missingMs = SHORTEST_COMMIT_MS - (sentMs - committedMs);
      if (missingMs > 0) append(new Int16Array((missingMs * RATE_HZ) / 1000));
      commits.oweCommit({ fromMs: ended.fromMs, untilMs: sentMs, committedMs });
      commit();
    },
    async *[Symbol.asyncIterator]() {
      for await (const event of events) {
        if (options.signal.aborted) return;
        yield event;
      }
    },
  };
}

function msOf(samples: Int16Array): number {
  return (samples.length * 1000) / RATE_HZ;
}
