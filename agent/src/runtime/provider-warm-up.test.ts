import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { ProviderError } from './provider-error.ts';
import { createProviderHealth } from './provider-health.ts';
import { createProviderOrder } from './provider-order.ts';
import { warmUp } from './provider-warm-up.ts';
import { createVirtualClock } from './virtual-clock.ts';

const refused = () =>
  Promise.reject(new ProviderError('auth', 'wrong key', { provider: 'a', retryable: false }));
const never = () => new Promise<void>(() => {});

/** What becomes of warming, and when. */
async function warm(...works: readonly [() => Promise<void>, ...(() => Promise<void>)[]]) {
  const clock = createVirtualClock();
  const candidateOf = (work: () => Promise<void>, index: number) => ({
    stage: { provider: `p${index}`, model: 'm', warm: work },
    baseUrl: 'http://vendor',
    key: null,
  });
  const [first, ...others] = works;
  const order = createProviderOrder({
    stage: 'llm',
    order: [candidateOf(first, 0), ...others.map((work, index) => candidateOf(work, index + 1))],
    health: createProviderHealth({ clock }),
    onSwitched() {},
  });
  const outcome = { end: 'running' as unknown, atMs: 0 };
  const end = (how: unknown) => Object.assign(outcome, { end: how, atMs: clock.nowMs() });
  warmUp({ order, clock, log: pino({ level: 'silent' }) }).then(() => end('ready'), end);
  await clock.advance(10_000);
  expect(clock.pendingTimers).toBe(0);
  return outcome;
}

describe('warming', () => {
  it('is over with the first that is ready', async () => {
    expect(await warm(async () => {}, never)).toEqual({ end: 'ready', atMs: 0 });
  });

  it('waits no longer than 2 s for one that is alone, which may still load its model: a call can begin', async () => {
    expect(await warm(never)).toEqual({ end: 'ready', atMs: 2_000 });
  });

  it('fails where nobody lets us in', async () => {
    expect(await warm(refused, refused)).toMatchObject({ end: { code: 'auth' }, atMs: 0 });
  });

  it('does not fail where one is slow and the rest refuse', async () => {
    expect(await warm(never, refused)).toEqual({ end: 'ready', atMs: 2_000 });
  });
});
