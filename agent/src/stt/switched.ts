import type { Logger } from 'pino';
import type { Clock } from '../runtime/clock.ts';
import { ProviderError } from '../runtime/provider-error.ts';
import type { ProviderHealth } from '../runtime/provider-health.ts';
import { type Candidate, createProviderOrder, type Order, type Switched } from '../runtime/provider-order.ts';
import { warmUp } from '../runtime/provider-warm-up.ts';
import type { Stt, SttOptions } from './contract.ts';
import { openSwitchedStream, type SwitchedSttStream } from './switched-stream.ts';

/** The recognisers of one call behind one. */
export interface SwitchedStt extends Stt {
  open(options: SttOptions): SwitchedSttStream;
  /**
   * This provider recognises from now on, in every ear, from the last answered final on. Throws ProviderError `bad_request`
   * for one that the call does not have.
   */
  use(provider: string, cause: 'asked' | 'rule'): void;
}

/**
 * A stream that is lost, or gives no answer in time, is followed by one of the next provider, for all ears of the call: it
 * hears everything since the last answered final at once, and what was given out of it is not given again. Where
 * everybody fails, each is tried again and again, more slowly: a stream throws only where everybody answers
 * `bad_request`. `provider`, `model` and `capabilities` are those of the provider in use, and change with it. Closing it
 * ends its streams and leaves the providers to their owner.
 */
export function createSwitchedStt(options: {
  /** The first is asked first. */
  readonly order: Order<Candidate<Stt>>;
  readonly health: ProviderHealth;
  readonly clock: Clock;
  readonly log: Logger;
  readonly onSwitched: (switched: Switched) => void;
  /** Told of every stream that is lost. Default: nobody asks. */
  readonly onLost?: (error: ProviderError) => void;
}): SwitchedStt {
  const { clock, log, onLost = () => {} } = options;
  const ears = new Set<SwitchedSttStream>();
  const closing = new AbortController();
  const order = createProviderOrder({
    ...options,
    stage: 'stt',
    onSwitched(switched) {
      options.onSwitched(switched);
      for (const ear of [...ears]) ear.follow();
    },
  });
  return {
    get provider() {
      return order.current.stage.provider;
    },
    get model() {
      return order.current.stage.model;
    },
    get capabilities() {
      return order.current.stage.capabilities;
    },
    use: order.use,
    warm: () => warmUp({ order, clock, log }),
    open({ signal, ...hearing }) {
      if (closing.signal.aborted) {
        const { provider } = order.current.stage;
        throw new ProviderError('unavailable', 'the recogniser is closed', { provider, retryable: false });
      }
      const until = AbortSignal.any([signal, closing.signal]);
      const ear = openSwitchedStream({ hearing, order, clock, log, onLost, signal: until });
      if (until.aborted) return ear;
      ears.add(ear);
      until.addEventListener('abort', () => ears.delete(ear), { once: true });
      return ear;
    },
    async close() {
      closing.abort(new Error('the recogniser is closed'));
    },
  };
}
