import { expect, test } from 'vitest';
import { evenBackground } from './even-background.ts';

const SECOND = 16_000;
const noise = (level: number, at: number) => level * 32_768 * Math.sin(at * at * 0.7 + at);
/** A second of background, a second of a tone in it, a second of background. */
const toneIn = (background: (at: number) => number) =>
  Int16Array.from({ length: 3 * SECOND }, (_, at) => {
    const tone = at >= SECOND && at < 2 * SECOND ? 8_000 * Math.sin((2 * Math.PI * 440 * at) / SECOND) : 0;
    return tone + background(at);
  });
const levelDb = (sound: Float32Array) =>
  10 * Math.log10(sound.reduce((sum, value) => sum + value * value, 0) / sound.length);
const backgroundDb = (sound: Float32Array) => levelDb(sound.subarray(1_000, SECOND - 1_000));
const toneDb = (sound: Float32Array) => levelDb(sound.subarray(SECOND + 1_000, 2 * SECOND - 1_000));

test('noise is lowered, and what stands above it keeps its level', () => {
  const sound = evenBackground(toneIn((at) => noise(0.03, at)));
  expect(sound).toHaveLength(3 * SECOND);
  expect(toneDb(sound)).toBeCloseTo(20 * Math.log10(8_000 / 32_768 / Math.SQRT2), 0);
  expect(toneDb(sound) - backgroundDb(sound)).toBeGreaterThan(30);
});

test('digital silence gets a quiet floor', () => {
  const sound = evenBackground(toneIn(() => 0));
  expect(toneDb(sound) - backgroundDb(sound)).toBeGreaterThan(40);
  expect(toneDb(sound) - backgroundDb(sound)).toBeLessThan(55);
});

test('the same sound comes out the same', () => {
  const samples = toneIn((at) => noise(0.01, at));
  expect(evenBackground(samples)).toEqual(evenBackground(samples));
});

test.each([0, 1, 255, 256, 257, 1_000])('%i samples stay as many', (length) => {
  const sound = evenBackground(new Int16Array(length).fill(1_000));
  expect(sound).toHaveLength(length);
  expect(sound.every(Number.isFinite)).toBe(true);
});
