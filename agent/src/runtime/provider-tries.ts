import { ProviderError } from './provider-error.ts';
import type { Candidate, ProviderOrder } from './provider-order.ts';

/** Who was asked for one piece of work, and who is asked next. */
export interface ProviderTries<Of> {
  /** Who is asked next, and after which wait in ms; null where everybody has failed. */
  next(): { readonly candidate: Of; readonly waitMs: number } | null;
  /** Someone who may run beside who is asked now: not tried yet, and not out. Null where there is nobody. */
  nextBeside(): Of | null;
  failed(candidate: Of, error: ProviderError): void;
  /** By what a deadline of who does the work is longer: 1, or more where nobody else is left, and late is better than never. */
  patienceFor(candidate: Of): number;
  /** There was progress: what follows may be asked of everybody again. */
  reset(): void;
  /** What to throw where everybody has failed: the last failure, with what each said. */
  failure(): ProviderError;
}

/**
 * Wait before who failed is asked again, in ms: long enough for a new connection where a kept one was stale, too short to be
 * noticed in an answer.
 */
const RETRY_AFTER_MS = 200;

/** How much longer the last one may take. Source: a call itself waits 10 s for first words, and 5 s for a first sound. */
const LAST_PATIENCE = 1.5;

/**
 * Everybody is asked once, in order. Where that did not help, who could not be reached or was not understood is asked once
 * more; who was silent or refused is not.
 */
export function createProviderTries<Of extends Candidate<unknown>>(
  order: ProviderOrder<Of>,
): ProviderTries<Of> {
  const asked = new Set<Of>();
  const askedAgain = new Set<Of>();
  const again: Of[] = [];
  let failures: ProviderError[] = [];

  return {
    next() {
      const candidate = order.toAsk().find((each) => !asked.has(each));
      if (candidate !== undefined) {
        asked.add(candidate);
        return { candidate, waitMs: 0 };
      }
      const former = again.shift();
      if (former === undefined) return null;
      askedAgain.add(former);
      return { candidate: former, waitMs: RETRY_AFTER_MS };
    },
    nextBeside() {
      const isFree = (each: Of) => !asked.has(each) && order.breakerOf(each).mayBeAsked;
      const candidate = order.toAsk().find(isFree);
      if (candidate !== undefined) asked.add(candidate);
      return candidate ?? null;
    },
    patienceFor(candidate) {
      const isLast = order.toAsk().every((each) => each === candidate || asked.has(each));
      return isLast ? LAST_PATIENCE : 1;
    },
    failed(candidate, error) {
      failures.push(error);
      asked.add(candidate);
      const isPassing = error.retryable && (error.code === 'unavailable' || error.code === 'protocol');
      if (isPassing && !askedAgain.has(candidate)) again.push(candidate);
    },
    reset() {
      asked.clear();
      askedAgain.clear();
      again.length = 0;
      failures = [];
    },
    failure() {
      const last = failures.at(-1);
      if (last === undefined) throw new Error('nobody has failed');
      if (failures.length === 1) return last;
      const said = failures.map(({ provider, message }) => `${provider}: ${message}`).join('; ');
      const { code, provider, retryable } = last;
      return new ProviderError(code, `everybody failed: ${said}`, { provider, retryable, cause: last });
    },
  };
}
