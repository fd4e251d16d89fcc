import { expect, it } from 'vitest';
import { createMonotonicClock } from './clock.ts';

it('fires at its instant or after it, never before', async () => {
  const clock = createMonotonicClock();
  const firedEarly = await Promise.all(
    Array.from({ length: 200 }, (_, index) => {
      const atMs = clock.nowMs() + index / 7;
      return new Promise<boolean>((resolve) => clock.at(atMs, () => resolve(clock.nowMs() < atMs)));
    }),
  );
  expect(firedEarly.filter(Boolean)).toEqual([]);
});

it('fires nothing that was cancelled', async () => {
  const clock = createMonotonicClock();
  const fired: string[] = [];
  const cancel = clock.at(clock.nowMs() + 1, () => fired.push('cancelled'));
  cancel();
  await new Promise<void>((resolve) => clock.at(clock.nowMs() + 5, resolve));
  expect(fired).toEqual([]);
});
