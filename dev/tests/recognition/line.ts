import { levelDb } from '@parley/agent/audio/frame';

/** What a line does to a voice on its way, 16 kHz in and out. */
export interface Line {
  readonly name: string;
  carry(samples: Int16Array): Int16Array;
}

/** As it was spoken: digital silence around it. */
export const clearLine: Line = { name: 'clear', carry: (samples) => samples };

/** White noise so far below the speech, in dB; the same each time. */
export function noisyLine(noiseDb: number): Line {
  return {
    name: `noise at ${noiseDb} dB`,
    carry(samples) {
      const speech = samples.filter((sample) => Math.abs(sample) > 100);
      const deviation = 10 ** ((levelDb(speech) + noiseDb) / 20) * 32_768;
      let state = 7;
      const next = () => {
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
        return state / 2 ** 31 - 1;
      };
      return samples.map((sample) => limit(sample + deviation * (next() + next() + next())));
    },
  };
}

/** A telephone line: 8 kHz, mu-law. */
export const phoneLine: Line = {
  name: 'PCMU',
  carry(samples) {
    const narrow = lowPass(Float64Array.from(samples));
    // Every other sample is left out; at twice the level the rest have the power of all.
    const coded = narrow.map((sample, index) => (index % 2 === 0 ? 2 * throughMuLaw(sample) : 0));
    return Int16Array.from(lowPass(coded), limit);
  },
};

/** Half the band, with 63 taps: what a telephone passes, up to 3.4 kHz. */
function lowPass(samples: Float64Array): Float64Array {
  const reach = 31;
  const cutoff = 3_400 / 8_000;
  const taps = Array.from({ length: 2 * reach + 1 }, (_, index) => {
    const turn = Math.PI * (index - reach) * cutoff;
    const sinc = turn === 0 ? 1 : Math.sin(turn) / turn;
    return sinc * cutoff * (0.54 + 0.46 * Math.cos((Math.PI * (index - reach)) / reach));
  });
  return samples.map((_, at) =>
    taps.reduce((sum, tap, index) => sum + tap * (samples[at + index - reach] ?? 0), 0),
  );
}

/** 8 bits a sample on a logarithmic scale. Source: ITU-T G.711, its continuous form. */
function throughMuLaw(sample: number): number {
  const value = Math.min(1, Math.abs(sample) / 32_768);
  const code = Math.round((127 * Math.log1p(255 * value)) / Math.log(256));
  return (Math.sign(sample) * 32_768 * (256 ** (code / 127) - 1)) / 255;
}

function limit(value: number): number {
  return Math.max(-32_768, Math.min(32_767, Math.round(value)));
}
