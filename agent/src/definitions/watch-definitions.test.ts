import { expect, test } from 'vitest';
import { createVirtualClock } from '../runtime/virtual-clock.ts';
import { watchDefinitions } from './watch-definitions.ts';

test('the folders are looked at twice a second, one look at a time, until the end', async () => {
  const clock = createVirtualClock();
  const looks: ((hasChanged: boolean) => void)[] = [];
  let changes = 0;
  const watch = watchDefinitions({
    files: { look: () => new Promise((resolve) => looks.push(resolve)) },
    onChanged: () => changes++,
    clock,
  });
  await clock.advance(499);
  expect(looks).toHaveLength(0);
  await clock.advance(5_000);
  expect(looks).toHaveLength(1);
  looks[0]?.(false);
  await clock.advance(500);
  expect(looks).toHaveLength(2);
  looks[1]?.(true);
  await clock.advance(0);
  expect(changes).toBe(1);
  await clock.advance(500);
  const closed = watch.close();
  looks[2]?.(true);
  await closed;
  expect(changes).toBe(1);
  expect(clock.pendingTimers).toBe(0);
});
