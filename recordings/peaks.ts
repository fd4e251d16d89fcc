import { PAIR_BYTES, RECORDING_RATE_HZ } from './wav-file.ts';

/** Finest picture: 100 peaks a second. */
const SHORTEST_PEAK_SAMPLES = RECORDING_RATE_HZ / 100;
/** Most peaks of a channel: 10 minutes at the finest, and a file below 1 MB; longer calls have coarser ones. */
const MOST_PEAKS = 60_000;
/** Numbers that become text at once. */
const PIECE = 4_000;

/**
 * What a player draws: how far both channels reach below 0 and above in each stretch of `samples_per_pixel`. The shape
 * is that of audiowaveform's JSON, version 2, which players know: `data` holds, for each stretch in turn, lowest
 * and highest of the left channel, then of the right, as whole numbers of -128 to 127; `length` counts stretches.
 */
export interface PeaksFile {
  readonly version: 2;
  readonly channels: 2;
  readonly sample_rate: number;
  readonly samples_per_pixel: number;
  readonly bits: 8;
  readonly length: number;
  readonly data: readonly number[];
}

/** Gathers the peaks of a recording of `samples` samples while it is written. What is not added is silence. */
export interface Peaks {
  /** `sound`: whole samples of both channels, which begin at the place `from`. */
  add(from: number, sound: Uint8Array): void;
  /** The file's text, in pieces: none of them keeps a process busy that has other calls. */
  text(): Iterable<string>;
}

export function createPeaks(samples: number): Peaks {
  const perPeak = Math.max(SHORTEST_PEAK_SAMPLES, Math.ceil(samples / MOST_PEAKS));
  const length = Math.ceil(samples / perPeak);
  const data = new Int8Array(4 * length);
  return {
    add(from, sound) {
      // The high byte alone: the sample in 8 bits, rounded down.
      const bytes = new Int8Array(sound.buffer, sound.byteOffset, sound.length);
      const count = sound.length / PAIR_BYTES;
      for (let begin = 0; begin < count; ) {
        const peak = Math.floor((from + begin) / perPeak);
        const end = Math.min(count, (peak + 1) * perPeak - from);
        for (let channel = 0; channel < 2; channel++) {
          const at = 4 * peak + 2 * channel;
          let lowest = data[at] ?? 0;
          let highest = data[at + 1] ?? 0;
          for (let pair = begin; pair < end; pair++) {
            const value = bytes[PAIR_BYTES * pair + 2 * channel + 1] ?? 0;
            if (value < lowest) lowest = value;
            if (value > highest) highest = value;
          }
          data[at] = lowest;
          data[at + 1] = highest;
        }
        begin = end;
      }
    },
    *text() {
      const head: Omit<PeaksFile, 'data'> = {
        version: 2,
        channels: 2,
        sample_rate: RECORDING_RATE_HZ,
        samples_per_pixel: perPeak,
        bits: 8,
        length,
      };
      yield `${JSON.stringify(head).slice(0, -1)},"data":[`;
      for (let at = 0; at < data.length; at += PIECE)
        yield `${at === 0 ? '' : ','}${data.subarray(at, at + PIECE).join(',')}`;
      yield ']}';
    },
  };
}
