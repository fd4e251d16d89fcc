import { expect, test } from 'vitest';
import { createVirtualClock } from '../../runtime/virtual-clock.ts';
import { createSpeakAllowance } from './speak-allowance.ts';

test('a socket takes twenty texts a minute, and those that are a minute old count no more', async () => {
  const clock = createVirtualClock();
  const allowance = createSpeakAllowance({ clock });
  for (let times = 0; times < 20; times++) {
    expect(allowance.allows(10)).toBe(true);
    allowance.use(10);
    await clock.advance(1_000);
  }
  expect(allowance.allows(10)).toBe(false);
  await clock.advance(39_999);
  expect(allowance.allows(10)).toBe(false);
  await clock.advance(1);
  expect(allowance.allows(10)).toBe(true);
});

test('it takes 2,400 characters a minute, and one text however long', () => {
  const allowance = createSpeakAllowance({ clock: createVirtualClock() });
  expect(allowance.allows(5_000)).toBe(true);
  allowance.use(2_000);
  expect([allowance.allows(400), allowance.allows(401)]).toEqual([true, false]);
});
