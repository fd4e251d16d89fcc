/** Sounds of whole numbers, the same in reference.py: 16 kHz, each as long as a whole number of hops of 160 samples. */
export interface SyntheticSound {
  readonly name: 'chirp' | 'short' | 'long';
  readonly samples: Int16Array;
}

export const SYNTHETIC_SOUNDS: readonly SyntheticSound[] = [
  /** 8 s: a tone that rises from 98 Hz to 2 kHz, noise, and an offset. */
  {
    name: 'chirp',
    samples: mixed(
      128_000,
      sawtooth(
        (index) => 400 + Math.floor(index / 16),
        () => 6_000,
      ),
      noise(1, 1_000),
      () => 300,
    ),
  },
  /** 1.5 s, shorter than the window: a falling tone in syllables. */
  {
    name: 'short',
    samples: mixed(
      24_000,
      sawtooth((index) => 560 - Math.floor(index / 150), syllables),
      noise(2, 60),
      () => 100,
    ),
  },
  /** 12.5 s, longer than the window: a tone that falls again and again, in syllables. */
  {
    name: 'long',
    samples: mixed(
      200_000,
      sawtooth((index) => 700 - (Math.floor(index / 400) % 200), syllables),
      noise(3, 20),
    ),
  },
];

type Part = (index: number) => number;

function mixed(count: number, ...parts: readonly Part[]): Int16Array {
  const samples = new Int16Array(count);
  for (let index = 0; index < count; index++) {
    samples[index] = parts.reduce((sum, part) => sum + part(index), 0);
  }
  return samples;
}

/** A tone of whole numbers: the phase has 16 bits, a step is its advance in one sample. */
function sawtooth(stepOf: Part, amplitudeOf: Part): Part {
  let phase = 0;
  return (index) => {
    phase = (phase + stepOf(index)) & 0xffff;
    return ((phase - 32_768) * amplitudeOf(index)) >> 15;
  };
}

/** From -peak up to peak, by a linear congruence of 32 bits. */
function noise(firstSeed: number, peak: number): Part {
  let seed = firstSeed;
  return () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return ((seed >>> 16) % (2 * peak + 1)) - peak;
  };
}

function syllables(index: number): number {
  return Math.floor(index / 2_400) % 3 < 2 ? 8_000 : 200;
}
