import type { Logger } from 'pino';
import type { Clock } from '../runtime/clock.ts';
import { ProviderError } from '../runtime/provider-error.ts';
import type { ProviderHealth } from '../runtime/provider-health.ts';
import { type Candidate, createProviderOrder, type Order, type Switched } from '../runtime/provider-order.ts';
import { warmUp } from '../runtime/provider-warm-up.ts';
import type { Llm } from './contract.ts';
import { answerInTurn } from './switched-answer.ts';

/** The models of one call behind one: each request is answered by who can. */
export interface SwitchedLlm extends Llm {
  /**
   * The next request goes to this provider first; what runs is not disturbed. Throws ProviderError `bad_request` for one
   * that the call does not have.
   */
  use(provider: string, cause: 'asked' | 'rule'): void;
}

export interface LlmCandidate extends Candidate<Llm> {
  /**
   * Longest wait for its first token, in ms; half as long again where nobody else is left. Default 6,000; models that think first
   * need more.
   */
  readonly firstTokenMs?: number;
}

/**
 * A request goes to the next provider as long as nothing was given out, and `hedgeAfterMs` after its start to the next
 * besides: who is first answers, and the other is stopped at its vendor. Where all fail, the iteration throws the
 * last ProviderError with what each said. `provider` and `model` are those of the next request. Closing it ends what runs
 * and leaves the providers to their owner.
 */
export function createSwitchedLlm(options: {
  /** The first is asked first. */
  readonly order: Order<LlmCandidate>;
  /** In ms; null: never. */
  readonly hedgeAfterMs: number | null;
  readonly health: ProviderHealth;
  readonly clock: Clock;
  readonly log: Logger;
  readonly onSwitched: (switched: Switched) => void;
}): SwitchedLlm {
  const { hedgeAfterMs, clock, log } = options;
  const order = createProviderOrder({ ...options, stage: 'llm' });
  const closing = new AbortController();
  return {
    get provider() {
      return order.current.stage.provider;
    },
    get model() {
      return order.current.stage.model;
    },
    use: order.use,
    warm: () => warmUp({ order, clock, log }),
    stream(request, { signal }) {
      const until = AbortSignal.any([signal, closing.signal]);
      return answerInTurn({ request, order, hedgeAfterMs, clock, log, signal: until });
    },
    async close() {
      const { provider } = order.current.stage;
      closing.abort(new ProviderError('unavailable', 'the model is closed', { provider, retryable: false }));
    },
  };
}
