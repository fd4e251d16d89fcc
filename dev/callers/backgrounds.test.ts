import { expect, it } from 'vitest';
import { createBackgrounds } from './backgrounds.ts';

const RATE_HZ = 48_000;
const sound = (length: number, sample: number) => new Int16Array(length).fill(sample);

it('a loudspeaker gives back what was heard, later and softer', () => {
  const { open, hear } = createBackgrounds(RATE_HZ);
  const echo = open({ kind: 'echo', afterMs: 10, gainDb: -20 });
  hear(sound(480, 1_000));
  expect(echo?.(480)).toEqual(sound(480, 0));
  expect(echo?.(480)).toEqual(sound(480, 100));
  expect(echo?.(480)).toHaveLength(0);
});

it('a stall of the microphone delays the echo by no more than 200 ms', () => {
  const { open, hear } = createBackgrounds(RATE_HZ);
  const echo = open({ kind: 'echo', afterMs: 0, gainDb: 0 });
  hear(sound(RATE_HZ, 1));
  expect(echo?.(RATE_HZ)).toHaveLength(RATE_HZ / 5);
});

it('a sound goes round', () => {
  const { open } = createBackgrounds(RATE_HZ);
  const samples = Int16Array.of(1, 2, 3);
  const machine = open({ kind: 'sound', samples, sampleRateHz: RATE_HZ });
  expect(machine?.(5)).toEqual(Int16Array.of(1, 2, 3, 1, 2));
  expect(machine?.(2)).toEqual(Int16Array.of(3, 1));
  expect(open({ kind: 'none' })).toBeNull();
});
