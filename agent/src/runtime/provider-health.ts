import type { Clock } from './clock.ts';
import type { ProviderError, ProviderErrorCode } from './provider-error.ts';

/** Who is asked, and on whose account: what fails for one key need not fail for another. */
export interface ProviderAddress {
  readonly stage: 'stt' | 'llm' | 'tts';
  readonly provider: string;
  readonly model: string;
  /** Empty for what runs in this process. */
  readonly baseUrl: string;
  /** Environment variable that holds its key; null where it needs none. */
  readonly key: string | null;
}

/** How the providers fared of late, for all calls of a process: who keeps failing is left alone for a while. */
export interface ProviderHealth {
  breakerOf(address: ProviderAddress): Breaker;
}

/** One provider's standing. It is out after failures in a row, tried by one request now and then, and back after a success. */
export interface Breaker {
  /** It is not out, or it is time to try it again and nobody does yet. */
  readonly mayBeAsked: boolean;
  /** How it failed last; null where it never did. */
  readonly lastCode: ProviderErrorCode | null;
  /** A request begins. It may also begin where nobody `mayBeAsked`: then there is nothing to lose. */
  begin(): Verdict;
}

/** How a request went: the first that is said counts. */
export interface Verdict {
  succeeded(): void;
  failed(error: Pick<ProviderError, 'code' | 'retryable' | 'retryAfterMs'>): void;
  /** It was stopped before that could be told. */
  dropped(): void;
}

/** Failures in a row after which a provider is left alone. One is chance, and each costs a caller a wait. */
const MOST_FAILURES = 3;

/**
 * How long it is left alone, in ms; twice as long after each try that fails. A vendor's outage lasts minutes, and each try
 * costs one caller a deadline.
 */
const FIRST_BACK_OFF_MS = 10_000;
const LONGEST_BACK_OFF_MS = 120_000;

type Standing =
  | { readonly kind: 'in'; readonly failures: number }
  | { readonly kind: 'out'; readonly untilMs: number; readonly backOffMs: number }
  | { readonly kind: 'tried'; readonly by: Verdict; readonly backOffMs: number };

export function createProviderHealth({ clock }: { readonly clock: Clock }): ProviderHealth {
  const breakers = new Map<string, Breaker>();
  return {
    breakerOf({ stage, provider, model, baseUrl, key }) {
      const name = JSON.stringify([stage, provider, model, baseUrl, key]);
      const breaker = breakers.get(name) ?? createBreaker(clock);
      breakers.set(name, breaker);
      return breaker;
    },
  };
}

function createBreaker(clock: Clock): Breaker {
  let standing: Standing = { kind: 'in', failures: 0 };
  let lastCode: ProviderErrorCode | null = null;

  const putOut = (backOffMs: number) => {
    standing = { kind: 'out', untilMs: clock.nowMs() + backOffMs, backOffMs };
  };
  const isDue = () => standing.kind === 'out' && clock.nowMs() >= standing.untilMs;

  /** `atOnceMs`: how long it is out by this failure alone; null where one failure may be chance. */
  const fail = (by: Verdict, atOnceMs: number | null) => {
    if (standing.kind === 'in') {
      const failures = standing.failures + 1;
      standing = { kind: 'in', failures };
      if (atOnceMs !== null) putOut(atOnceMs);
      else if (failures >= MOST_FAILURES) putOut(FIRST_BACK_OFF_MS);
    } else if (standing.kind === 'tried' && standing.by === by) {
      putOut(Math.min(2 * standing.backOffMs, LONGEST_BACK_OFF_MS));
    }
  };

  return {
    get mayBeAsked() {
      return standing.kind === 'in' || isDue();
    },
    get lastCode() {
      return lastCode;
    },
    begin() {
      let isOpen = true;
      const once = (say: () => void) => {
        if (isOpen) say();
        isOpen = false;
      };
      const verdict: Verdict = {
        succeeded: () =>
          once(() => {
            standing = { kind: 'in', failures: 0 };
          }),
        failed: (error) =>
          once(() => {
            // The request was wrong, not who was asked: others may be answered.
            if (error.code === 'bad_request') return drop();
            lastCode = error.code;
            fail(verdict, outAtOnceMs(error));
          }),
        dropped: () => once(() => drop()),
      };
      const drop = () => {
        if (standing.kind !== 'tried' || standing.by !== verdict) return;
        standing = { kind: 'out', untilMs: clock.nowMs(), backOffMs: standing.backOffMs };
      };
      if (standing.kind === 'out' && isDue())
        standing = { kind: 'tried', by: verdict, backOffMs: standing.backOffMs };
      return verdict;
    },
  };
}

/** A wrong key or a spent quota stays so, and who asks to be left alone is. */
function outAtOnceMs({
  code,
  retryable,
  retryAfterMs,
}: Pick<ProviderError, 'code' | 'retryable' | 'retryAfterMs'>): number | null {
  if (code !== 'auth' && code !== 'rate_limit') return null;
  if (retryAfterMs !== null) return Math.min(retryAfterMs, LONGEST_BACK_OFF_MS);
  return retryable ? null : FIRST_BACK_OFF_MS;
}
