import { type Peaks, peaksSchema } from '@parley/contracts/calls-api';
import { expect, it } from 'vitest';
import { loudest, swingOf } from './peaks.ts';

/** Three stretches of 10 ms: the caller in the first, the agent in the last. */
const peaks: Peaks = peaksSchema.parse({
  version: 2,
  channels: 2,
  sample_rate: 16_000,
  samples_per_pixel: 160,
  bits: 8,
  length: 3,
  data: [-64, 32, 0, 0, 0, 0, 0, 0, 0, 0, -16, 96],
});

it('tells how far each side swings in a time', () => {
  expect(swingOf(peaks, 0, 0, 10)).toEqual({ low: -0.5, high: 0.25 });
  expect(swingOf(peaks, 1, 0, 10)).toEqual({ low: 0, high: 0 });
  expect(swingOf(peaks, 1, 0, 30)).toEqual({ low: -0.125, high: 0.75 });
});

it('finds the stretch that a time shorter than one lies in', () => {
  expect(swingOf(peaks, 0, 4, 5)).toEqual({ low: -0.5, high: 0.25 });
});

it('is silent beyond the sound', () => {
  expect(swingOf(peaks, 1, 30, 90)).toEqual({ low: 0, high: 0 });
});

it('is drawn to its loudest, and silence to a whisper', () => {
  expect(loudest(peaks)).toBe(0.75);
  expect(loudest({ ...peaks, length: 0, data: [] })).toBe(0.05);
});
