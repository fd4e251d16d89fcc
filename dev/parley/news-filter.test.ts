import { createVirtualClock } from '@parley/agent/runtime/virtual-clock';
import { expect, it } from 'vitest';
import { createNewsFilter } from './news-filter.ts';

it('tells the same words once in half a minute', async () => {
  const clock = createVirtualClock();
  const isNews = createNewsFilter(clock);
  expect([isNews('a'), isNews('a'), isNews('b')]).toEqual([true, false, true]);
  await clock.advance(29_999);
  expect(isNews('a')).toBe(false);
  await clock.advance(1);
  expect([isNews('a'), isNews('a')]).toEqual([true, false]);
});

it('forgets the oldest', () => {
  const isNews = createNewsFilter(createVirtualClock());
  for (let number = 0; number <= 100; number += 1) isNews(`fault ${number}`);
  expect([isNews('fault 100'), isNews('fault 0')]).toEqual([false, true]);
});
