import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backOffMs } from './back-off.ts';

const bounds = { firstMs: 200, longestMs: 2_000 };

describe('the wait before another try', () => {
  it('is none at first, then doubles to the longest', () => {
    expect([0, 1, 2, 3, 4, 5, 50].map((tries) => backOffMs(tries, bounds, () => 0))).toEqual([
      0, 200, 400, 800, 1_600, 2_000, 2_000,
    ]);
  });

  it('is cut by up to a half at random', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (tries, chance) => {
          const fullMs = backOffMs(tries, bounds, () => 0);
          const waitMs = backOffMs(tries, bounds, () => chance);
          return waitMs > fullMs / 2 && waitMs <= fullMs && waitMs <= bounds.longestMs;
        },
      ),
    );
  });
});
