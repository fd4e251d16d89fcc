import type { Clock } from '../../runtime/clock.ts';
import { createDeferred } from '../../runtime/deferred.ts';
import { ProviderError } from '../../runtime/provider-error.ts';
import type { TurnScore } from '../contract.ts';
import { PROVIDER } from './provider.ts';

type Features = Float32Array<ArrayBuffer>;

/** A wait for a score is at most this long, in ms: by then an unfinished turn has ended without it. */
const LONGEST_WAIT_MS = 1_500;

/** Ears that may wait: what the model does within the longest wait, at 50 ms each. */
const MOST_WAITING = 30;

/** The questions of all ears, one after the other; of each ear only the newest. */
export interface ScoringQueue {
  /** Rejects with `signal.reason` when aborted, with ProviderError `timeout` or `rate_limit`, or as `run` does. */
  ask(ear: object, features: Features, signal: AbortSignal): Promise<TurnScore>;
  /** Whatever the ear has asked is answered `overtaken`. */
  overtake(ear: object): void;
}

interface Question {
  readonly features: Features;
  settle(answer: TurnScore): void;
  fail(reason: unknown): void;
}

export function createScoringQueue(options: {
  readonly clock: Clock;
  /** Scores one window. Not called again before it has settled. */
  readonly run: (features: Features) => Promise<number>;
}): ScoringQueue {
  const { clock, run } = options;
  /** In the order in which they will be asked; an ear's newer question takes the place of its older. */
  const waiting = new Map<object, Question>();
  let running: { readonly ear: object; readonly question: Question } | null = null;

  const next = () => {
    const first = waiting.entries().next();
    if (running !== null || first.done) return;
    const [ear, question] = first.value;
    waiting.delete(ear);
    running = { ear, question };
    run(question.features)
      .then((probability) => question.settle({ kind: 'scored', probability }), question.fail)
      .finally(() => {
        running = null;
        next();
      });
  };

  const overtake = (ear: object) => {
    waiting.get(ear)?.settle({ kind: 'overtaken' });
    if (running?.ear === ear) running.question.settle({ kind: 'overtaken' });
  };

  return {
    ask(ear, features, signal) {
      if (signal.aborted) return Promise.reject(signal.reason);
      overtake(ear);
      if (waiting.size >= MOST_WAITING && !waiting.has(ear)) {
        return Promise.reject(fault('rate_limit', `${MOST_WAITING} ears wait for the end-of-turn model`));
      }
      const answer = createDeferred<TurnScore>();
      const leave = () => {
        if (waiting.get(ear) === question) waiting.delete(ear);
      };
      const question: Question = { features, settle: answer.resolve, fail: answer.reject };
      const onAbort = () => {
        leave();
        answer.reject(signal.reason);
      };
      signal.addEventListener('abort', onAbort, { once: true });
      const cancelTimeout = clock.at(clock.nowMs() + LONGEST_WAIT_MS, () => {
        leave();
        answer.reject(fault('timeout', `no score within ${LONGEST_WAIT_MS} ms`));
      });
      waiting.set(ear, question);
      next();
      return answer.promise.finally(() => {
        cancelTimeout();
        signal.removeEventListener('abort', onAbort);
      });
    },
    overtake(ear) {
      overtake(ear);
      waiting.delete(ear);
    },
  };
}

function fault(code: 'timeout' | 'rate_limit', message: string): ProviderError {
  return new ProviderError(code, message, { provider: PROVIDER, retryable: true });
}
