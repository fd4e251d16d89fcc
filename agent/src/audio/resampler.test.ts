import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { levelDb } from './frame.ts';
import { createResampler } from './resampler.ts';

function sine(hz: number, rateHz: number, count: number): Int16Array {
  return Int16Array.from({ length: count }, (_, i) =>
    Math.round(16_000 * Math.sin((2 * Math.PI * hz * i) / rateHz)),
  );
}

function resample(samples: Int16Array, fromHz: number, toHz: number, chunk = samples.length): Int16Array {
  const resampler = createResampler({ fromHz, toHz });
  const output: number[] = [];
  for (let at = 0; at < samples.length; at += chunk)
    output.push(...resampler.push(samples.slice(at, at + chunk)));
  output.push(...resampler.flush());
  return Int16Array.from(output);
}

const RATES = [8_000, 11_025, 16_000, 22_050, 24_000, 44_100, 48_000] as const;

describe('resampler', () => {
  it.each(RATES.flatMap((from) => [16_000, 24_000, 48_000].map((to) => [from, to] as const)))(
    'keeps a tone from %i to %i Hz, in place and level',
    (from, to) => {
      const output = resample(sine(1_000, from, from / 5), from, to);
      const wanted = sine(1_000, to, output.length);
      const edge = Math.round(to / 200);
      const error = output.map((sample, i) => sample - (wanted[i] ?? 0)).slice(edge, -edge);
      expect(levelDb(error)).toBeLessThan(-55);
    },
  );

  it('removes what the lower rate cannot carry', () => {
    expect(levelDb(resample(sine(7_000, 24_000, 4_800), 24_000, 8_000).slice(80, -80))).toBeLessThan(-70);
  });

  it('gives the same sound however it is cut, with the length of the input', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...RATES),
        fc.constantFrom(...RATES),
        fc.integer({ min: 0, max: 900 }),
        fc.integer({ min: 1, max: 333 }),
        (from, to, length, chunk) => {
          const input = sine(440, from, length);
          const whole = resample(input, from, to);
          expect(whole.length).toBe(Math.round((length * to) / from));
          expect(resample(input, from, to, chunk)).toEqual(whole);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('refuses a rate that is none', () => {
    expect(() => createResampler({ fromHz: 0, toHz: 16_000 })).toThrow(RangeError);
    expect(() => createResampler({ fromHz: 16_000.5, toHz: 16_000 })).toThrow(RangeError);
  });
});
