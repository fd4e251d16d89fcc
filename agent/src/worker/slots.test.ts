import { describe, expect, it } from 'vitest';
import { createSlots, workerLoad } from './slots.ts';

describe('slots', () => {
  it('hold one place a job, and no more than there are', () => {
    const slots = createSlots(2);
    expect([slots.take('a'), slots.take('a'), slots.take('b'), slots.take('c')]).toEqual([
      true,
      true,
      true,
      false,
    ]);
    expect([slots.used, slots.isFull]).toEqual([2, true]);
    slots.free('a');
    slots.free('a');
    slots.free('never taken');
    expect([slots.used, slots.isFull, slots.take('c')]).toEqual([1, false, true]);
  });

  it('tell a load that leaves every free slot within reach: livekit-server gives nothing from 0.7 on', () => {
    for (let used = 0; used < 20; used++) expect(workerLoad({ used, capacity: 20 })).toBeLessThan(0.7);
    expect(workerLoad({ used: 20, capacity: 20 })).toBe(1);
    expect(workerLoad({ used: 0, capacity: 1 })).toBe(0);
    expect(workerLoad({ used: 3, capacity: 20 })).toBeLessThan(workerLoad({ used: 4, capacity: 20 }));
  });
});
