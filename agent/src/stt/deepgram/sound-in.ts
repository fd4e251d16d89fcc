import type { HeardFrame } from '../contract.ts';

/** Rate of the sound that is sent, in Hz. */
export const SAMPLE_RATE_HZ = 16_000;

export const msOf = (samples: number): number => (samples * 1000) / SAMPLE_RATE_HZ;

/** Most sound kept for a socket that is not open yet, in ms. Source: the bound of the stage's contract. */
const MOST_WAITING_MS = 10_000;

/** Sound, and wishes between it, that wait for a socket. */
export interface WaitingSound<Wish> {
  push(frame: HeardFrame): void;
  ask(wish: Wish): void;
  /** All of it in order; nothing waits any more. */
  take(): readonly ({ readonly frame: HeardFrame } | { readonly wish: Wish })[];
  /** Sound that was too old to keep, in ms. */
  readonly droppedMs: number;
}

export function createWaitingSound<Wish>(): WaitingSound<Wish> {
  let items: ({ readonly frame: HeardFrame } | { readonly wish: Wish })[] = [];
  let samples = 0;
  let droppedSamples = 0;
  return {
    push(frame) {
      items.push({ frame });
      samples += frame.samples.length;
      while (msOf(samples) > MOST_WAITING_MS) {
        const oldest = items.findIndex((item) => 'frame' in item);
        const [item] = items.splice(oldest, 1);
        const dropped = item !== undefined && 'frame' in item ? item.frame.samples.length : samples;
        samples -= dropped;
        droppedSamples += dropped;
      }
    },
    ask: (wish) => void items.push({ wish }),
    take() {
      const taken = items;
      items = [];
      samples = 0;
      return taken;
    },
    get droppedMs() {
      return msOf(droppedSamples);
    },
  };
}

/** Chooses of an ear's sound what the vendor is to hear, and be paid for: speech, and the silence around it. */
export interface SpokenSound {
  /** Frames to send now, in order: none in a long silence; with the first of speech those before it too. */
  take(frame: HeardFrame): readonly HeardFrame[];
}

export function createSpokenSound(options: {
  /** Sound before speech that belongs to it, in ms. */
  readonly prefixPaddingMs: number;
  /** Silence after speech that is sent, in ms. */
  readonly tailMs: number;
}): SpokenSound {
  let silentMs = Number.POSITIVE_INFINITY;
  let kept: HeardFrame[] = [];
  let keptSamples = 0;
  return {
    take(frame) {
      silentMs = frame.isSpeech ? 0 : silentMs + msOf(frame.samples.length);
      if (silentMs <= options.tailMs) {
        const sent = [...kept, frame];
        kept = [];
        keptSamples = 0;
        return sent;
      }
      kept.push(frame);
      keptSamples += frame.samples.length;
      while (msOf(keptSamples) > options.prefixPaddingMs)
        keptSamples -= kept.shift()?.samples.length ?? keptSamples;
      return [];
    },
  };
}
