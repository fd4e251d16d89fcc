import { expect, it } from 'vitest';
import { trimSilence } from './trim-silence.ts';

const sound = (...levels: readonly (readonly [ms: number, sample: number])[]) => ({
  samples: Int16Array.from(levels.flatMap(([ms, sample]) => new Array<number>(16 * ms).fill(sample))),
  sampleRateHz: 16_000,
});

it('takes the silence before and after, and none within', () => {
  expect(trimSilence(sound([100, 0], [50, 3_000], [200, 10], [50, 3_000], [70, 20]))).toEqual(
    sound([50, 3_000], [200, 10], [50, 3_000]),
  );
});

it('leaves silence as it is', () => {
  expect(trimSilence(sound([20, 0]))).toEqual(sound([20, 0]));
});
