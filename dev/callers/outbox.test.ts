import { createVirtualClock } from '@parley/agent/runtime/virtual-clock';
import { expect, it } from 'vitest';
import { createOutbox } from './outbox.ts';

it('sends in order, in batches, and nothing while there is nothing', async () => {
  const clock = createVirtualClock();
  const sent: (readonly number[])[] = [];
  const outbox = createOutbox<number>({ clock, everyMs: 20, send: (batch) => sent.push(batch) });
  outbox.put(1);
  await clock.advance(19);
  outbox.put(2);
  expect(sent).toEqual([]);
  await clock.advance(1);
  expect(sent).toEqual([[1, 2]]);
  await clock.advance(1_000);
  outbox.put(3);
  outbox.flush();
  outbox.flush();
  await clock.advance(1_000);
  expect(sent).toEqual([[1, 2], [3]]);
  expect(clock.pendingTimers).toBe(0);
});
