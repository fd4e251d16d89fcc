import { RECORDING_RATE_HZ } from '@parley/recordings/wav-file';
import { createPlacedSound } from './placed-sound.ts';

/**
 * A block that would begin so much later than the one before it ended follows a pause; less is the unrest of arrivals,
 * and the blocks are joined. A block that comes so much too early for its place is left out. In samples: 60 ms, twice
 * what arrivals scatter on a loaded machine once the latest of them are set right.
 */
const UNREST = (60 * RECORDING_RATE_HZ) / 1000;

/**
 * One person's microphone on the recording's time. Blocks follow each other without a gap, and arrive when they were
 * heard, or later where the process was busy: each is placed as late as its own arrival and all later ones allow.
 */
export interface MicrophoneLine {
  /** Takes 16 kHz sound whose last sample arrived at the place `arrivedAt`. */
  take(samples: Int16Array, arrivedAt: number): void;
  /** Adds what was heard in [from, from + mix.length) to `mix`. Windows follow each other. */
  mixInto(mix: Int32Array, from: number): void;
  /** Nothing is left to be written. */
  readonly isEmpty: boolean;
}

export function createMicrophoneLine(): MicrophoneLine {
  const arrived: { readonly samples: Int16Array; readonly at: number }[] = [];
  const placed = createPlacedSound();
  /** Where the block that was placed last ends. */
  let end: number | null = null;

  /** For each block the latest place at which it can have begun. */
  const latestStarts = () => {
    const starts: number[] = [];
    let before = Number.POSITIVE_INFINITY;
    for (const { samples, at } of arrived.toReversed()) {
      before = Math.min(at, before) - samples.length;
      starts.unshift(before);
    }
    return starts;
  };
  const place = (from: number, to: number) => {
    for (const latest of latestStarts()) {
      const samples = arrived[0]?.samples;
      const earliest = Math.max(from, end ?? from);
      const follows = end !== null && Math.abs(latest - end) <= UNREST;
      const start = follows ? earliest : latest;
      if (samples === undefined || start >= to) return;
      arrived.shift();
      if (start < earliest) continue;
      placed.add(start, samples);
      end = start + samples.length;
    }
  };

  return {
    take: (samples, arrivedAt) => void arrived.push({ samples, at: arrivedAt }),
    mixInto(mix, from) {
      place(from, from + mix.length);
      placed.mixInto(mix, from);
    },
    get isEmpty() {
      return arrived.length === 0 && placed.isEmpty;
    },
  };
}
