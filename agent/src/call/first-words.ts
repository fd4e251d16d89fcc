import type { VadParams } from '@parley/contracts/agent-definition';
import { GATE_FRAME_MS } from '@parley/engine/vad/speech-gate';
import type { Logger } from 'pino';
import type { KeptSound } from '../audio/kept-sound.ts';
import { type DecodeKeptSound, PreConnectError } from '../pre-connect/contract.ts';
import { keptBeforeLive } from '../pre-connect/kept-before-live.ts';
import { COMPARED_MS } from '../pre-connect/live-start.ts';
import { type Clock, delay } from '../runtime/clock.ts';
import { createDeferred } from '../runtime/deferred.ts';
import type { Stt } from '../stt/contract.ts';
import { VAD_FRAME_SAMPLES, type Vad } from '../vad/contract.ts';
import { type EarlyWords, openEarlyEar } from './early-ear.ts';

/** Wait for a buffer's first byte, in ms from the first live sound. LiveKit's clients send it before that sound. */
const BEGIN_WAIT_MS = 4_000;
/**
 * Wait until it is whole and decoded, in ms: 10 s of Opus take 4 s at 64 kbit/s. Less than the 10 s of sound that an ear
 * line takes at once.
 */
const END_WAIT_MS = 8_000;
/** Wait for as much live sound as is compared, in ms. */
const LIVE_WAIT_MS = 2 * COMPARED_MS;
/** Longest that a sentence may go on into the live sound, in ms, before it is taken as it is. */
const LONGEST_STRADDLE_MS = 10_000;
/** A microphone that gives no frame for so long, in ms, is muted or gone: its sentence is over. */
const SILENT_TRACK_MS = 1_000;

/** What became of a page's buffer. */
export type KeptNews =
  | { readonly kind: 'begun' }
  | { readonly kind: 'received'; readonly sound: KeptSound; readonly lastByteAtMs: number }
  /** It was refused, or broke off. */
  | { readonly kind: 'refused' };

/**
 * One participant's sound from before the agent came, and the live sound after it, each sample once. Live sound is held
 * until the buffer is here; then the sentence that straddles the border is heard to its end, apart from the ear line,
 * and all later sound is passed on. Without a buffer in time everything is passed on, late and whole, and a buffer that comes
 * after all is heard by itself.
 */
export interface FirstWords {
  /** Takes the next 512 live samples of 16 kHz. */
  take(samples: Int16Array, heardAtMs: number): void;
  tell(news: KeptNews): void;
  close(): void;
}

interface LiveFrame {
  readonly samples: Int16Array;
  readonly heardAtMs: number;
}

export function openFirstWords(options: {
  readonly vad: Vad;
  readonly stt: Stt;
  readonly language: string;
  readonly vadParams: VadParams;
  readonly clock: Clock;
  readonly decode: DecodeKeptSound;
  /** Takes live sound that is not of the first words. */
  readonly pass: (samples: Int16Array, heardAtMs: number) => void;
  /** Called once at most, where something was said. */
  readonly onHeard: (words: Exclude<EarlyWords, { outcome: 'silence' }>) => void;
  readonly log: Logger;
  readonly spawn: (task: () => Promise<void>) => void;
}): FirstWords {
  const { clock, log, pass } = options;
  const closing = new AbortController();
  const { signal } = closing;
  const arrival = createDeferred<Extract<KeptNews, { kind: 'received' }> | null>();
  let held: LiveFrame[] = [];
  /** The beginning of the live sound, as much as is compared. */
  const beginning: Int16Array[] = [];
  let phase: 'awaited' | 'coming' | 'here' | 'passing' = 'awaited';
  let firstHeardAtMs: number | null = null;
  let wakeReader = () => {};
  let cancelBeginWait = () => {};
  let cancelEndWait = () => {};

  const passOn = () => {
    phase = 'passing';
    cancelBeginWait();
    cancelEndWait();
    for (const { samples, heardAtMs } of held.splice(0)) pass(samples, heardAtMs);
  };
  const giveUpAfter = (ms: number, of: readonly (typeof phase)[], message: string) =>
    clock.at(clock.nowMs() + ms, () => {
      if (!of.includes(phase)) return;
      log.warn({ waitedMs: ms }, message);
      passOn();
    });

  /** Resolves when a frame is held, or `ms` have passed. */
  const moreSound = async (ms: number) => {
    const waiting = new AbortController();
    const limit = delay(clock, ms, AbortSignal.any([signal, waiting.signal])).catch(() => {});
    const frame = new Promise<void>((resolve) => (wakeReader = resolve));
    await Promise.race([limit, frame]);
    waiting.abort(new Error('sound came'));
  };
  const heardAtLeast = async (ms: number, limitMs: number) => {
    const givesUpAtMs = clock.nowMs() + limitMs;
    while (beginning.length * GATE_FRAME_MS < ms && clock.nowMs() < givesUpAtMs && !signal.aborted) {
      await moreSound(givesUpAtMs - clock.nowMs());
    }
  };

  const hearAll = async (kept: Int16Array, lastByteAtMs: number): Promise<EarlyWords> => {
    await heardAtLeast(COMPARED_MS, LIVE_WAIT_MS);
    const arrivedOverlapMs = firstHeardAtMs === null ? 0 : lastByteAtMs - firstHeardAtMs;
    const { samples: before, ...border } = keptBeforeLive(kept, joined(beginning), { arrivedOverlapMs });
    log.info({ ...border, isLate: phase !== 'here' }, 'sound from before the agent came');
    const ear = openEarlyEar({ ...options, signal });
    try {
      // The border of live frames stays theirs: what makes no whole frame is left out at the beginning.
      for (let at = before.length % VAD_FRAME_SAMPLES; at < before.length; at += VAD_FRAME_SAMPLES) {
        await ear.hear(before.slice(at, at + VAD_FRAME_SAMPLES));
        signal.throwIfAborted();
      }
      // Where the buffer was late, the live sound is gone to the ear line.
      for (
        let ms = 0;
        phase === 'here' && ear.isInSentence && ms < LONGEST_STRADDLE_MS;
        ms += GATE_FRAME_MS
      ) {
        if (held.length === 0) await moreSound(SILENT_TRACK_MS);
        const frame = held.shift();
        if (frame === undefined) break;
        await ear.hear(frame.samples);
        signal.throwIfAborted();
      }
      passOn();
      return await ear.finish();
    } finally {
      ear.close();
    }
  };

  const run = async () => {
    const received = await arrival.promise;
    if (received === null) return passOn();
    const kept = await options.decode(received.sound, { signal });
    cancelEndWait();
    if (phase !== 'passing') phase = 'here';
    const words = await hearAll(kept, received.lastByteAtMs);
    if (words.outcome !== 'silence' && !signal.aborted) options.onHeard(words);
  };
  options.spawn(async () => {
    try {
      await run();
    } catch (error) {
      if (signal.aborted) return;
      // The call goes on with what is said now.
      if (error instanceof PreConnectError) log.warn({ code: error.code }, error.message);
      else log.error({ err: error }, 'what was said before the agent came was not heard');
      passOn();
    }
  });

  return {
    take(samples, heardAtMs) {
      if (signal.aborted) return;
      if (beginning.length * GATE_FRAME_MS < COMPARED_MS) {
        beginning.push(samples);
        wakeReader();
      }
      if (phase === 'passing') return pass(samples, heardAtMs);
      if (firstHeardAtMs === null) {
        firstHeardAtMs = heardAtMs;
        const missing = 'a page announced sound from before the agent came, and none came';
        cancelBeginWait = giveUpAfter(BEGIN_WAIT_MS, ['awaited'], missing);
        const slow = 'the sound from before the agent came was not whole in time';
        cancelEndWait = giveUpAfter(END_WAIT_MS, ['awaited', 'coming'], slow);
      }
      held.push({ samples, heardAtMs });
      wakeReader();
    },
    tell(news) {
      cancelBeginWait();
      if (phase === 'awaited') phase = 'coming';
      if (news.kind !== 'begun') arrival.resolve(news.kind === 'received' ? news : null);
    },
    close() {
      closing.abort(new Error('first words closed'));
      cancelBeginWait();
      cancelEndWait();
      arrival.resolve(null);
      held = [];
    },
  };
}

function joined(frames: readonly Int16Array[]): Int16Array {
  const all = new Int16Array(frames.length * VAD_FRAME_SAMPLES);
  for (const [index, samples] of frames.entries()) all.set(samples, index * VAD_FRAME_SAMPLES);
  return all;
}
