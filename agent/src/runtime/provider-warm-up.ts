import type { Logger } from 'pino';
import { type Clock, delay } from './clock.ts';
import { ProviderError } from './provider-error.ts';
import type { Candidate, ProviderOrder } from './provider-order.ts';

/** Longest wait for a provider to open its connections, in ms: three round trips around the earth, and as much again. */
const WARM_UP_MS = 2_000;

interface Warmable {
  readonly provider: string;
  readonly model: string;
  warm(): Promise<void>;
}

/**
 * Warms everybody at once and waits for the one that is asked first; where it fails, for the next. One that is only slow, as
 * one that loads its model is, may still answer. Rejects where all have failed, with the last failure.
 */
export async function warmUp<Of extends Candidate<Warmable>>(options: {
  readonly order: ProviderOrder<Of>;
  readonly clock: Clock;
  readonly log: Logger;
}): Promise<void> {
  const { order, clock, log } = options;
  const warm = async (candidate: Of) => {
    const { provider, model } = candidate.stage;
    try {
      // What runs in this process loads its models for as long as that takes.
      const work = candidate.stage.warm();
      await (candidate.baseUrl === '' ? work : withinDeadline(work, clock, provider));
      return null;
    } catch (error) {
      if (error instanceof ProviderError) order.breakerOf(candidate).begin().failed(error);
      log.warn({ err: error, provider, model }, 'a provider could not be made ready');
      return { error };
    }
  };
  let isSlow = false;
  let failure: unknown;
  for (const outcome of order.toAsk().map(warm)) {
    const failed = await outcome;
    if (failed === null) return;
    isSlow ||= failed.error instanceof TooSlow;
    failure = failed.error;
  }
  if (!isSlow) throw failure;
}

/** It was not ready by the deadline. */
class TooSlow extends ProviderError {
  constructor(provider: string) {
    super('timeout', `no connection after ${WARM_UP_MS} ms`, { provider, retryable: true });
  }
}

async function withinDeadline(work: Promise<void>, clock: Clock, provider: string): Promise<void> {
  const done = new AbortController();
  const late = delay(clock, WARM_UP_MS, done.signal).then(
    () => {
      throw new TooSlow(provider);
    },
    () => {},
  );
  try {
    await Promise.race([work, late]);
  } finally {
    done.abort();
  }
}
