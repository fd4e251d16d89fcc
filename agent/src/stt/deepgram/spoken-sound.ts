import type { HeardFrame } from '../contract.ts';
import { msOf } from './sample-rate.ts';

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
