import { describe, expect, it } from 'vitest';
import { createAsyncQueue } from './async-queue.ts';
import type { Clock } from './clock.ts';
import { beginAttempt } from './provider-attempt.ts';
import type { ProviderError } from './provider-error.ts';
import { createProviderHealth } from './provider-health.ts';
import { createProviderOrder } from './provider-order.ts';
import { createVirtualClock } from './virtual-clock.ts';

function setUp() {
  const clock = createVirtualClock();
  let stalledMs = 0;
  /** Reads as much later as the process has stalled. */
  const stalling: Clock = { at: clock.at, nowMs: () => clock.nowMs() + stalledMs };
  const candidate = { stage: { provider: 'a', model: 'a-1' }, baseUrl: 'http://a', key: null };
  const health = createProviderHealth({ clock });
  const order = createProviderOrder({ stage: 'llm', order: [candidate], health, onSwitched() {} });
  const events: number[] = [];
  const ends: (ProviderError | null)[] = [];
  const stream = createAsyncQueue<number>(10);
  const parent = new AbortController();
  let signal = parent.signal;
  const attempt = beginAttempt({
    candidate,
    order,
    clock: stalling,
    signal: parent.signal,
    open(until) {
      signal = until;
      return stream;
    },
    onEvent: (event: number) => events.push(event),
    onEnd: (error) => ends.push(error),
  });
  return {
    clock,
    stall: (ms: number) => (stalledMs += ms),
    attempt,
    stream,
    parent,
    events,
    ends,
    breaker: order.breakerOf(candidate),
    isStopped: () => signal.aborted,
  };
}

describe('an attempt', () => {
  it('fails with a timeout at its deadline, once, and is stopped', async () => {
    const { clock, attempt, stream, ends, isStopped } = setUp();
    attempt.expectBy({ atMs: 100, missing: 'the answer' });
    await clock.advance(99);
    expect(ends).toEqual([]);
    await clock.advance(1);
    expect(ends).toMatchObject([{ code: 'timeout', message: 'the answer did not come in time' }]);
    expect(isStopped()).toBe(true);
    stream.fail(new Error('late'));
    await clock.advance(1_000);
    expect(ends).toHaveLength(1);
  });

  it('of a process that has stalled is judged after what came meanwhile was read', async () => {
    const { clock, stall, attempt, stream, events, ends } = setUp();
    attempt.expectBy({ atMs: 100, missing: 'the answer' });
    stall(1_000);
    await clock.advance(100);
    expect(ends).toEqual([]);
    stream.push(1);
    attempt.expectBy(null);
    await clock.advance(1_000);
    expect(events).toEqual([1]);
    expect(ends).toEqual([]);
  });

  it('of a process that has stalled fails all the same where nothing came', async () => {
    const { clock, stall, attempt, ends } = setUp();
    attempt.expectBy({ atMs: 100, missing: 'the answer' });
    stall(1_000);
    await clock.advance(1_200);
    expect(ends).toMatchObject([{ code: 'timeout' }]);
  });

  it('makes a ProviderError of whatever is thrown', async () => {
    const { clock, stream, ends } = setUp();
    stream.fail(new TypeError('terminated'));
    await clock.advance(0);
    expect(ends).toMatchObject([
      { code: 'unavailable', provider: 'a', message: 'terminated', retryable: true },
    ]);
  });

  it('that worked and failed has failed', async () => {
    const { clock, attempt, stream, breaker } = setUp();
    attempt.worked();
    stream.fail(new Error('cut'));
    await clock.advance(0);
    expect(breaker.lastCode).toBe('unavailable');
  });

  it('that is stopped says nothing more but its events', async () => {
    const { clock, attempt, stream, parent, events, ends } = setUp();
    attempt.expectBy({ atMs: 100, missing: 'the answer' });
    parent.abort(new Error('over'));
    stream.push(7);
    stream.end();
    await clock.advance(1_000);
    expect(events).toEqual([7]);
    expect(ends).toEqual([]);
    expect(clock.pendingTimers).toBe(0);
  });
});
