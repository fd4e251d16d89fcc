import { createVirtualClock } from '@parley/agent/runtime/virtual-clock';
import { expect, test } from 'vitest';
import { createDrip } from './drip.ts';

test('a drip hands on one byte a second, in order, until it is stopped', async () => {
  const clock = createVirtualClock();
  const written: number[] = [];
  const drip = createDrip({ clock, write: (byte) => written.push(...byte) });
  drip.push(Uint8Array.of(1, 2));
  drip.push(Uint8Array.of(3, 4));
  await clock.advance(999);
  expect(written).toEqual([]);
  await clock.advance(2_001);
  expect(written).toEqual([1, 2, 3]);
  drip.stop();
  await clock.advance(5_000);
  expect(written).toEqual([1, 2, 3]);
  expect(clock.pendingTimers).toBe(0);
});
