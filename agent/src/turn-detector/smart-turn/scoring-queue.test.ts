import { describe, expect, it } from 'vitest';
import { createDeferred, type Deferred } from '../../runtime/deferred.ts';
import { ProviderError } from '../../runtime/provider-error.ts';
import { createVirtualClock } from '../../runtime/virtual-clock.ts';
import { createScoringQueue } from './scoring-queue.ts';

/** A question's window, told from others by its first value. */
const window = (name: number) => Float32Array.of(name);
const never = new AbortController().signal;

function openQueue() {
  const clock = createVirtualClock();
  const runs: { readonly name: number | undefined; readonly score: Deferred<number> }[] = [];
  const queue = createScoringQueue({
    clock,
    run(features) {
      const score = createDeferred<number>();
      runs.push({ name: features[0], score });
      return score.promise;
    },
  });
  /** What became of a question, once known. */
  const ask = (ear: object, name: number, signal = never) => {
    const asked: { outcome: unknown } = { outcome: 'open' };
    queue.ask(ear, window(name), signal).then(
      (score) => {
        asked.outcome = score;
      },
      (error) => {
        asked.outcome = error;
      },
    );
    return asked;
  };
  const finish = async (run: number, probability: number) => {
    runs[run]?.score.resolve(probability);
    await clock.advance(0);
  };
  return { clock, queue, ask, finish, names: () => runs.map(({ name }) => name), runs };
}

describe('questions to the end-of-turn model', () => {
  it('run one after the other, in the order in which the ears asked', async () => {
    const { ask, finish, names } = openQueue();
    const [a, b] = [ask({}, 1), ask({}, 2)];
    expect(names()).toEqual([1]);
    await finish(0, 0.9);
    expect(names()).toEqual([1, 2]);
    await finish(1, 0.1);
    expect([a.outcome, b.outcome]).toEqual([
      { kind: 'scored', probability: 0.9 },
      { kind: 'scored', probability: 0.1 },
    ]);
  });

  it('of an ear are replaced by its newest, which keeps the place', async () => {
    const { ask, finish, names } = openQueue();
    const [busy, ear, other] = [{}, {}, {}];
    ask(busy, 0);
    const older = ask(ear, 1);
    ask(other, 2);
    const newer = ask(ear, 3);
    await finish(0, 0.5);
    await finish(1, 0.7);
    expect(names()).toEqual([0, 3, 2]);
    expect(older.outcome).toEqual({ kind: 'overtaken' });
    expect(newer.outcome).toEqual({ kind: 'scored', probability: 0.7 });
  });

  it('that run are overtaken at once by speech or a newer one, and their late score is nobody’s', async () => {
    const { ask, queue, finish, clock } = openQueue();
    const ear = {};
    const first = ask(ear, 1);
    queue.overtake(ear);
    await clock.advance(0);
    expect(first.outcome).toEqual({ kind: 'overtaken' });
    const second = ask(ear, 2);
    await finish(0, 0.9);
    expect(second.outcome).toBe('open');
    await finish(1, 0.2);
    expect(second.outcome).toEqual({ kind: 'scored', probability: 0.2 });
  });

  it('reject with their reason at once when aborted, waiting or running', async () => {
    const { ask, finish, names, clock } = openQueue();
    const [running, waiting] = [new AbortController(), new AbortController()];
    const asked = [ask({}, 1, running.signal), ask({}, 2, waiting.signal), ask({}, 3)];
    running.abort('call over');
    waiting.abort('muted');
    await clock.advance(0);
    expect(asked.map(({ outcome }) => outcome)).toEqual(['call over', 'muted', 'open']);
    await finish(0, 0.9);
    expect(names()).toEqual([1, 3]);
    expect(ask({}, 4, waiting.signal).outcome).toBe('open');
    await clock.advance(0);
    expect(names()).toEqual([1, 3]);
  });

  it('time out when no score comes, and hold nobody up afterwards', async () => {
    const { ask, finish, clock, names } = openQueue();
    const asked = [ask({}, 1), ask({}, 2)];
    await clock.advance(1_500);
    for (const { outcome } of asked)
      expect(outcome).toMatchObject({ code: 'timeout', provider: 'smart-turn' });
    const late = ask({}, 3);
    await finish(0, 0.9);
    expect(names()).toEqual([1, 3]);
    await finish(1, 0.6);
    expect(late.outcome).toEqual({ kind: 'scored', probability: 0.6 });
    expect(clock.pendingTimers).toBe(0);
  });

  it('beyond what is scored in time are refused', async () => {
    const { ask, clock } = openQueue();
    const ears = Array.from({ length: 32 }, (_, name) => ({ name }));
    const asked = ears.map((ear, name) => ask(ear, name));
    const again = ask(ears[5] ?? {}, 99);
    await clock.advance(0);
    expect(asked.at(-1)?.outcome).toMatchObject({ code: 'rate_limit', retryable: true });
    expect(asked.at(-2)?.outcome).toBe('open');
    expect(again.outcome).toBe('open');
  });

  it('fail as the model does, and the next is asked', async () => {
    const { ask, runs, clock, names } = openQueue();
    const [first] = [ask({}, 1), ask({}, 2)];
    const failure = new ProviderError('unavailable', 'gone', { provider: 'smart-turn', retryable: true });
    runs[0]?.score.reject(failure);
    await clock.advance(0);
    expect(first?.outcome).toBe(failure);
    expect(names()).toEqual([1, 2]);
  });
});
