import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createNativeQueue } from './native-queue.ts';

describe('the model of the native queue', () => {
  it('sends one block at each tick of the lattice it was told of', () => {
    const queue = createNativeQueue();
    for (const at of [103.2, 113, 123.4]) queue.ticked(at);
    queue.pushed(40, 125);
    // The lattice lies 0.3 ms before the earliest telling: at 112.7, 122.7, 132.7.
    expect(queue.queuedMs(125)).toBeCloseTo(37.7);
    expect(queue.queuedMs(133.1)).toBeCloseTo(29.6);
    expect(queue.cleared(150)).toBe(20);
    expect(queue.queuedMs(150)).toBe(0);
  });

  it('says how long to wait for a moment between two ticks', () => {
    const queue = createNativeQueue();
    queue.ticked(100.3);
    expect(queue.untilBetweenTicksMs(105, 3, 4)).toBe(0);
    expect(queue.untilBetweenTicksMs(110.4, 3, 4)).toBeCloseTo(2.6);
    expect(queue.untilBetweenTicksMs(118, 1, 1)).toBe(0);
    expect(queue.untilBetweenTicksMs(118, 3, 4)).toBeCloseTo(5);
  });

  it('is not misled by tellings that came late', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 10, noNaN: true }),
        fc.array(fc.double({ min: 1.6, max: 9.9, noNaN: true }), { maxLength: 3 }),
        fc.array(fc.double({ min: 0, max: 0.7, noNaN: true }), { minLength: 4, maxLength: 5 }),
        (phase, late, prompt) => {
          const queue = createNativeQueue();
          [...late, ...prompt].forEach((delay, i) => queue.ticked(1_000 + phase + 10 * i + delay));
          queue.pushed(50, 2_000 + phase + 1.6);
          // Three ticks later, and 3 ms from any: what is left is known to the block.
          expect(queue.cleared(2_000 + phase + 35)).toBe(20);
        },
      ),
    );
  });

  it('never holds less than nothing, and what goes in comes out', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 4 }))),
        (steps) => {
          const queue = createNativeQueue();
          let now = 0;
          for (const [wait, blocks] of steps) {
            now += wait;
            const before = queue.queuedMs(now);
            queue.pushed(blocks * 10, now);
            expect(queue.queuedMs(now)).toBeGreaterThanOrEqual(before);
            expect(before).toBeGreaterThanOrEqual(0);
          }
          expect(queue.cleared(now) % 10).toBe(0);
          expect(queue.queuedMs(now)).toBe(0);
        },
      ),
    );
  });
});
