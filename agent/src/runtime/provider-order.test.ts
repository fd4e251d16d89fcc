import { describe, expect, it } from 'vitest';
import { ProviderError, type ProviderErrorCode } from './provider-error.ts';
import { createProviderHealth } from './provider-health.ts';
import { createProviderOrder, type Switched } from './provider-order.ts';
import { createProviderTries } from './provider-tries.ts';
import { createVirtualClock } from './virtual-clock.ts';

function setUp() {
  const clock = createVirtualClock();
  const candidate = (provider: string, model: string) => ({
    stage: { provider, model },
    baseUrl: `http://${provider}`,
    key: null,
  });
  const [a, b, small] = [
    candidate('a', 'a-1'),
    candidate('b', 'b-large'),
    candidate('b', 'b-small'),
  ] as const;
  const switched: Switched[] = [];
  const order = createProviderOrder({
    stage: 'llm',
    order: [a, b, small],
    health: createProviderHealth({ clock }),
    onSwitched: (event) => switched.push(event),
  });
  const failure = (provider: string, code: ProviderErrorCode) =>
    new ProviderError(code, 'failed', { provider, retryable: code === 'unavailable' });
  return { clock, order, a, b, small, switched, failure };
}

describe('the order of providers', () => {
  it('begins with the current, and ends with those who are left alone', () => {
    const { order, a, b, small } = setUp();
    expect(order.toAsk()).toEqual([a, b, small]);
    order.use('b', 'asked');
    expect(order.toAsk()).toEqual([b, a, small]);
    order.breakerOf(b).begin().failed({ code: 'auth', retryable: false, retryAfterMs: null });
    expect(order.toAsk()).toEqual([a, small, b]);
  });

  it('is changed by the name of a provider, or of one of its models', () => {
    const { order, b, small } = setUp();
    order.use('b', 'rule');
    expect(order.current).toBe(b);
    order.use('b/b-small', 'rule');
    expect(order.current).toBe(small);
    expect(() => order.use('b/b-huge', 'rule')).toThrow(expect.objectContaining({ code: 'bad_request' }));
  });

  it('tells a change once, and why the former is left alone where nobody else knows', () => {
    const { order, a, b, switched } = setUp();
    order.breakerOf(a).begin().failed({ code: 'auth', retryable: false, retryAfterMs: null });
    order.takeOver(b, null);
    order.takeOver(b, null);
    expect(switched).toEqual([
      {
        stage: 'llm',
        from: { provider: 'a', model: 'a-1' },
        to: { provider: 'b', model: 'b-large' },
        cause: 'failed',
        code: 'auth',
      },
    ]);
  });
});

describe('tries', () => {
  it('ask everybody once, then once more who could not be reached', () => {
    const { order, a, b, small, failure } = setUp();
    const tries = createProviderTries(order);
    const codes: [typeof a, ProviderErrorCode][] = [
      [a, 'unavailable'],
      [b, 'timeout'],
      [small, 'auth'],
      [a, 'unavailable'],
    ];
    for (const [index, [expected, code]] of codes.entries()) {
      const next = tries.next();
      expect(next).toEqual({ candidate: expected, waitMs: index === 3 ? 200 : 0 });
      tries.failed(expected, failure(expected.stage.provider, code));
    }
    expect(tries.next()).toBeNull();
    expect(tries.failure().message).toBe('everybody failed: a: failed; b: failed; b: failed; a: failed');
  });

  it('begin anew after progress, with another than who failed', () => {
    const { order, a, b, failure } = setUp();
    const tries = createProviderTries(order);
    tries.next();
    tries.reset();
    tries.failed(a, failure('a', 'unavailable'));
    expect(tries.next()?.candidate).toBe(b);
  });

  it('have more patience with the last', () => {
    const { order, a, small } = setUp();
    const tries = createProviderTries(order);
    expect(tries.patienceFor(a)).toBe(1);
    for (let one = 0; one < 3; one++) tries.next();
    expect(tries.patienceFor(small)).toBe(1.5);
  });
});
