import { createVirtualClock } from '@parley/agent/runtime/virtual-clock';
import { expect, it } from 'vitest';
import { CallerError } from './caller-error.ts';
import { createWaits } from './waits.ts';

function openWaits() {
  const clock = createVirtualClock();
  const waits = createWaits(clock);
  let seen: string | undefined;
  const see = (what: string) => {
    seen = what;
    waits.look();
  };
  const wait = (timeoutMs: number) =>
    waits.waitFor({ what: 'sign', timeoutMs, look: () => seen, instead: () => 'two clouds' });
  return { clock, waits, see, wait };
}

it('what was seen before, and what is seen later, is found at once', async () => {
  const { clock, see, wait } = openWaits();
  const early = wait(1_000);
  see('smoke');
  await expect(early).resolves.toBe('smoke');
  await expect(wait(0)).resolves.toBe('smoke');
  expect(clock.pendingTimers).toBe(0);
});

it('what comes with time alone is found within 50 ms', async () => {
  const clock = createVirtualClock();
  const waits = createWaits(clock);
  const look = () => (clock.nowMs() >= 120 ? clock.nowMs() : undefined);
  const found = waits.waitFor({ what: 'evening', timeoutMs: 1_000, look, instead: () => '' });
  await clock.advance(1_000);
  expect(await found).toBe(150);
});

it('a wait in vain ends in time, and says what there was instead', async () => {
  const { clock, wait } = openWaits();
  const inVain = wait(70);
  const rejected = expect(inVain).rejects.toMatchObject({
    code: 'timeout',
    message: 'no sign within 70 ms; two clouds',
  });
  await clock.advance(70);
  await rejected;
  expect(clock.pendingTimers).toBe(0);
});

it('when nothing more can come nobody waits on, but what was seen is still found', async () => {
  const { clock, waits, see, wait } = openWaits();
  const waiting = wait(60_000);
  waits.end(new CallerError('gone', 'the caller has left'));
  await expect(waiting).rejects.toMatchObject({
    code: 'gone',
    message: 'no sign any more: the caller has left; two clouds',
  });
  see('smoke');
  await expect(wait(0)).resolves.toBe('smoke');
  expect(clock.pendingTimers).toBe(0);
});
