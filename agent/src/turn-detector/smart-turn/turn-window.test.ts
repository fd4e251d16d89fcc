import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMelFrames } from './mel-frame.ts';
import { loadSpectrum } from './spectrum.ts';
import { createTurnWindow } from './turn-window.ts';

const melFrames = createMelFrames(await loadSpectrum());

/** Noise of 32 bits of congruence, louder and softer in turns, with an offset. */
function noisy(seed: number, count: number, offset: number): Int16Array {
  let state = seed;
  return Int16Array.from({ length: count }, (_, index) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const peak = Math.floor(index / 4_000) % 2 === 0 ? 8_000 : 50;
    return ((state >>> 16) % (2 * peak + 1)) - peak + offset;
  });
}

function featuresOf(parts: readonly Int16Array[], turnStart = 0): Float32Array {
  const window = createTurnWindow(melFrames);
  for (const part of parts) window.push(part);
  return window.features(turnStart);
}

const worstDifference = (one: Float32Array, other: Float32Array) =>
  one.reduce((worst, value, index) => Math.max(worst, Math.abs(value - (other[index] ?? Number.NaN))), 0);

describe('the window of a turn', () => {
  it('is the same in whatever blocks the sound came', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 200_000 }),
        fc.integer({ min: 1, max: 0x7fff_ffff }),
        fc.integer({ min: -500, max: 500 }),
        fc.array(fc.integer({ min: 1, max: 5_000 }), { minLength: 1, maxLength: 20 }),
        (count, seed, offset, sizes) => {
          const sound = noisy(seed, count, offset);
          const parts: Int16Array[] = [];
          for (let start = 0, index = 0; start < count; index++) {
            const size = sizes[index % sizes.length] ?? 1;
            parts.push(sound.slice(start, start + size));
            start += size;
          }
          expect(worstDifference(featuresOf(parts), featuresOf([sound]))).toBe(0);
        },
      ),
      { numRuns: 8 },
    );
  });

  it('is that of its last 8 s alone, whatever was heard before', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 900 }), fc.integer({ min: 0, max: 159 }), (hops, rest) => {
        const sound = noisy(hops, 128_000 + 160 * hops + rest, 40);
        const end = sound.length - rest;
        const alone = featuresOf([sound.slice(end - 128_000, end)]);
        expect(worstDifference(featuresOf([sound]), alone)).toBeLessThan(1e-5);
      }),
      { numRuns: 5 },
    );
  });

  it('takes sound before the turn for silence', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 150_000 }),
        fc.integer({ min: -300, max: 300 }),
        (turnStart, offset) => {
          const sound = noisy(7, 160_000, offset);
          const blanked = sound.slice().fill(0, 0, turnStart);
          expect(worstDifference(featuresOf([sound], turnStart), featuresOf([blanked]))).toBeLessThan(1e-5);
        },
      ),
      { numRuns: 5 },
    );
  });

  it('of a turn that has not begun is silence', () => {
    const sound = noisy(7, 160_100, 200);
    expect(worstDifference(featuresOf([sound], sound.length), featuresOf([]))).toBe(0);
  });

  it('may be asked for again and again, and goes on from there', () => {
    const sound = noisy(3, 150_000, 10);
    const window = createTurnWindow(melFrames);
    window.push(sound.subarray(0, 70_000));
    expect(worstDifference(window.features(0), window.features(0))).toBe(0);
    window.push(sound.subarray(70_000));
    expect(worstDifference(window.features(0), featuresOf([sound]))).toBe(0);
  });

  it('of nothing, and of full scale, is made of numbers', () => {
    for (const sound of [new Int16Array(0), new Int16Array(200_000), new Int16Array(200_000).fill(-32_768)]) {
      expect(featuresOf([sound]).every(Number.isFinite)).toBe(true);
    }
  });
});
