import { describe, expect, it } from 'vitest';
import { createProviderHealth, type ProviderAddress } from './provider-health.ts';
import { createVirtualClock } from './virtual-clock.ts';

const ADDRESS: ProviderAddress = {
  stage: 'llm',
  provider: 'openai',
  model: 'gpt-4.1-nano',
  baseUrl: 'https://api.openai.com/v1',
  key: 'OPENAI_API_KEY',
};
const TIMEOUT = { code: 'timeout', retryable: true, retryAfterMs: null } as const;

function setUp() {
  const clock = createVirtualClock();
  const health = createProviderHealth({ clock });
  const breaker = health.breakerOf(ADDRESS);
  const fail = (
    times: number,
    error: Parameters<ReturnType<typeof breaker.begin>['failed']>[0] = TIMEOUT,
  ) => {
    for (let time = 0; time < times; time++) breaker.begin().failed(error);
  };
  return { clock, health, breaker, fail };
}

describe('the health of a provider', () => {
  it('is lost after three failures in a row, not after two and a success between', () => {
    const { breaker, fail } = setUp();
    fail(2);
    breaker.begin().succeeded();
    fail(2);
    expect(breaker.mayBeAsked).toBe(true);
    fail(1);
    expect(breaker.mayBeAsked).toBe(false);
    expect(breaker.lastCode).toBe('timeout');
  });

  it.each([
    { code: 'auth', retryable: false, retryAfterMs: null },
    { code: 'rate_limit', retryable: false, retryAfterMs: null },
  ] as const)('is lost at once where another try cannot help: $code', (error) => {
    const { breaker, fail } = setUp();
    fail(1, error);
    expect(breaker.mayBeAsked).toBe(false);
  });

  it('is lost for as long as who refuses more requests asks, for two minutes at the most', async () => {
    const { breaker, clock, fail } = setUp();
    fail(1, { code: 'rate_limit', retryable: true, retryAfterMs: 1_500 });
    await clock.advance(1_499);
    expect(breaker.mayBeAsked).toBe(false);
    await clock.advance(1);
    expect(breaker.mayBeAsked).toBe(true);
    breaker.begin().succeeded();
    fail(1, { code: 'rate_limit', retryable: true, retryAfterMs: 3_600_000 });
    await clock.advance(120_000);
    expect(breaker.mayBeAsked).toBe(true);
  });

  it('is not lost by requests that were wrong', () => {
    const { breaker, fail } = setUp();
    fail(5, { code: 'bad_request', retryable: false, retryAfterMs: null });
    expect(breaker.mayBeAsked).toBe(true);
  });

  it('is tried by one request after the back-off, and is back when that succeeds', async () => {
    const { breaker, clock, fail } = setUp();
    fail(3);
    await clock.advance(9_999);
    expect(breaker.mayBeAsked).toBe(false);
    await clock.advance(1);
    expect(breaker.mayBeAsked).toBe(true);
    const trial = breaker.begin();
    expect(breaker.mayBeAsked).toBe(false);
    trial.succeeded();
    expect(breaker.mayBeAsked).toBe(true);
    fail(2);
    expect(breaker.mayBeAsked).toBe(true);
  });

  it('is left alone for twice as long after each try that fails, for two minutes at the most', async () => {
    const { breaker, clock, fail } = setUp();
    fail(3);
    const waits: number[] = [];
    for (let trial = 0; trial < 7; trial++) {
      const fromMs = clock.nowMs();
      while (!breaker.mayBeAsked) await clock.advance(1_000);
      waits.push(clock.nowMs() - fromMs);
      breaker.begin().failed(TIMEOUT);
    }
    expect(waits).toEqual([10_000, 20_000, 40_000, 80_000, 120_000, 120_000, 120_000]);
  });

  it('may be tried by another where a try was dropped', async () => {
    const { breaker, clock, fail } = setUp();
    fail(3);
    await clock.advance(10_000);
    breaker.begin().dropped();
    expect(breaker.mayBeAsked).toBe(true);
  });

  it('comes back by any success, though nobody should have asked', () => {
    const { breaker, fail } = setUp();
    fail(3);
    breaker.begin().succeeded();
    expect(breaker.mayBeAsked).toBe(true);
  });

  it('counts one verdict a request: the first', () => {
    const { breaker, fail } = setUp();
    fail(2);
    const request = breaker.begin();
    request.dropped();
    request.failed(TIMEOUT);
    expect(breaker.mayBeAsked).toBe(true);
  });

  it('is shared by all who ask the same, and by nobody with another key or address', () => {
    const { health, fail } = setUp();
    fail(3);
    expect(health.breakerOf({ ...ADDRESS }).mayBeAsked).toBe(false);
    expect(health.breakerOf({ ...ADDRESS, key: 'PARLEY_SECRET_OTHER' }).mayBeAsked).toBe(true);
    expect(health.breakerOf({ ...ADDRESS, baseUrl: 'https://other.example' }).mayBeAsked).toBe(true);
  });
});
