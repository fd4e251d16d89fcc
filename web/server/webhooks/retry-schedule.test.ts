import fc from 'fast-check';
import { expect, it } from 'vitest';
import { retryDelayMs } from './retry-schedule.ts';

const HOUR_MS = 60 * 60_000;

/** When the attempts of a message are made that nobody takes, in ms after the first. */
function attemptsAtMs(random: () => number): number[] {
  const at = [0];
  for (;;) {
    const delayMs = retryDelayMs(at.length, random());
    if (delayMs === null) return at;
    at.push((at.at(-1) ?? 0) + delayMs);
  }
}

it('tries for most of a day, and no longer', () => {
  const random = fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 20, maxLength: 20 });
  fc.assert(
    fc.property(random, (numbers) => {
      let next = 0;
      const at = attemptsAtMs(() => numbers[next++] ?? 0);
      expect(at).toHaveLength(11);
      expect(at.at(-1)).toBeGreaterThan(18 * HOUR_MS);
      expect(at.at(-1)).toBeLessThanOrEqual(24 * HOUR_MS);
    }),
  );
});

it('waits longer from time to time, and begins within seconds', () => {
  const at = attemptsAtMs(() => 0);
  const waits = at.slice(1).map((atMs, index) => atMs - (at[index] ?? 0));
  expect(waits[0]).toBe(5_000);
  expect(waits).toEqual(waits.toSorted((one, other) => one - other));
});

it('sends what failed together apart', () => {
  expect(new Set([0, 0.25, 0.5, 0.75].map((random) => retryDelayMs(4, random))).size).toBe(4);
});

it.each([
  [1, 60_000, 60_000],
  [1, 1_000, 5_000],
  [1, 90 * HOUR_MS, 2 * HOUR_MS],
  [8, 60_000, 4 * HOUR_MS],
])('after attempt %i, asked for %i ms, waits %i ms', (attempt, askedMs, expected) => {
  expect(retryDelayMs(attempt, 0, askedMs)).toBe(expected);
});
