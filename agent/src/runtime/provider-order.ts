import type { ProviderErrorCode } from './provider-error.ts';
import { ProviderError } from './provider-error.ts';
import type { Breaker, ProviderAddress, ProviderHealth } from './provider-health.ts';

/** A stage as one provider fulfils it, for a switcher to choose from. */
export interface Candidate<Stage> {
  readonly stage: Stage;
  /** Where it is reached; empty for what runs in this process. */
  readonly baseUrl: string;
  /** Environment variable that holds its key; null where it needs none. */
  readonly key: string | null;
}

export type Order<Of> = readonly [Of, ...Of[]];

/** Another provider fulfils a stage of the call from now on. */
export interface Switched {
  readonly stage: ProviderAddress['stage'];
  readonly from: { readonly provider: string; readonly model: string };
  readonly to: { readonly provider: string; readonly model: string };
  readonly cause: 'failed' | 'asked' | 'rule';
  /** How the former failed; null where it did not. */
  readonly code: ProviderErrorCode | null;
}

/** Who fulfils a stage of one call, and who would next. Who took over stays, so that a voice does not come and go. */
export interface ProviderOrder<Of> {
  readonly current: Of;
  /** Everybody, the current first, then as given; those who are out come after those who are not. */
  toAsk(): readonly Of[];
  breakerOf(candidate: Of): Breaker;
  /** `candidate` does the work from now on, because the current failed with `code`, or is out. */
  takeOver(candidate: Of, code: ProviderErrorCode | null): void;
  /** By `provider` or `provider/model`. Throws ProviderError `bad_request` for one that is not in the order, naming those that are. */
  use(provider: string, cause: 'asked' | 'rule'): void;
}

export function createProviderOrder<
  Of extends Candidate<{ readonly provider: string; readonly model: string }>,
>(options: {
  readonly stage: ProviderAddress['stage'];
  /** At least one; the first is asked first. */
  readonly order: Order<Of>;
  readonly health: ProviderHealth;
  /** Told after `current` has changed. */
  readonly onSwitched: (switched: Switched) => void;
}): ProviderOrder<Of> {
  const { order, health, onSwitched } = options;
  let current: Of = order[0];

  const breakerOf = ({ stage: { provider, model }, baseUrl, key }: Of) =>
    health.breakerOf({ stage: options.stage, provider, model, baseUrl, key });
  const change = (to: Of, why: Pick<Switched, 'cause' | 'code'>) => {
    if (to === current) return;
    const from = current;
    current = to;
    onSwitched({ stage: options.stage, from: nameOf(from), to: nameOf(to), ...why });
  };

  return {
    get current() {
      return current;
    },
    toAsk() {
      const all = [current, ...order.filter((candidate) => candidate !== current)];
      const isIn = new Map(all.map((candidate) => [candidate, breakerOf(candidate).mayBeAsked]));
      return [...all.filter((each) => isIn.get(each)), ...all.filter((each) => !isIn.get(each))];
    },
    breakerOf,
    takeOver: (candidate, code) =>
      change(candidate, { cause: 'failed', code: code ?? breakerOf(current).lastCode }),
    use(provider, cause) {
      const found =
        order.find(({ stage }) => `${stage.provider}/${stage.model}` === provider) ??
        order.find(({ stage }) => stage.provider === provider);
      if (found !== undefined) return change(found, { cause, code: null });
      const known = order.map(({ stage }) => stage.provider).join(', ');
      const message = `this call has no "${provider}" for ${options.stage}; it has: ${known}`;
      throw new ProviderError('bad_request', message, { provider, retryable: false });
    },
  };
}

function nameOf({ stage: { provider, model } }: Candidate<{ provider: string; model: string }>) {
  return { provider, model };
}
