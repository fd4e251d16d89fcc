import type { Clock } from './clock.ts';
import { ProviderError } from './provider-error.ts';
import type { Candidate, ProviderOrder } from './provider-order.ts';

/** One stream of one provider, read to its end and held to deadlines. */
export interface ProviderAttempt<Stream> {
  /** Null where it could not be opened: `onEnd` follows. */
  readonly stream: Stream | null;
  /** It does what it should: a success for its breaker at its end, unless it fails before. */
  worked(): void;
  /** As `worked`, but a success at once: for a stream that lasts as long as a call. */
  succeeded(): void;
  /**
   * It has failed with `timeout` unless the deadline is moved before; null: nothing is expected. Replaces the last. What
   * runs in this process has none: it computes for as long as that takes, and fails by itself.
   */
  expectBy(deadline: { readonly atMs: number; readonly missing: string } | null): void;
  /** Stops it at the vendor; `onEnd` is not called. What it still says of its bill comes to `onEvent`. */
  end(reason: Error): void;
  /** As `end`, of one that failed at something that it did not notice itself. */
  fail(error: ProviderError): void;
}

/** Another provider does the work. */
export class AttemptReplaced extends Error {
  override readonly name = 'AttemptReplaced';
  constructor(provider: string) {
    super(`another provider does the work of ${provider}`);
  }
}

/** A process that wakes so late, in ms, has stalled: what came meanwhile is read before anybody is blamed. */
const STALL_MS = 50;

export function beginAttempt<
  Event,
  Stream extends AsyncIterable<Event>,
  Of extends Candidate<{ readonly provider: string }>,
>(options: {
  readonly candidate: Of;
  readonly order: ProviderOrder<Of>;
  readonly clock: Clock;
  /** Ends the attempt, as `end` does. */
  readonly signal: AbortSignal;
  readonly open: (signal: AbortSignal) => Stream;
  /** Never called from inside `beginAttempt`. */
  readonly onEvent: (event: Event) => void;
  /** It ended by itself: with null as it should, or with what went wrong. Never called from inside `beginAttempt`. */
  readonly onEnd: (error: ProviderError | null) => void;
}): ProviderAttempt<Stream> {
  const { candidate, clock, onEvent, onEnd } = options;
  const { provider } = candidate.stage;
  const verdict = options.order.breakerOf(candidate).begin();
  const ending = new AbortController();
  const signal = AbortSignal.any([options.signal, ending.signal]);
  let isOver = false;
  let hasWorked = false;
  let cancelDeadline = () => {};

  const stop = () => {
    isOver = true;
    cancelDeadline();
    signal.removeEventListener('abort', onAbort);
    if (hasWorked) verdict.succeeded();
    else verdict.dropped();
  };
  const onAbort = () => stop();
  const settle = (error: ProviderError | null) => {
    if (isOver) return;
    if (error !== null) verdict.failed(error);
    stop();
    // A stream that threw may hold on to its signal.
    if (error !== null) ending.abort(error);
    onEnd(error);
  };
  const open = (): Stream | null => {
    try {
      return options.open(signal);
    } catch (error) {
      queueMicrotask(() => settle(providerErrorOf(error, provider)));
      return null;
    }
  };
  const read = async (stream: Stream) => {
    try {
      for await (const event of stream) onEvent(event);
      settle(null);
    } catch (error) {
      settle(providerErrorOf(error, provider));
    }
  };

  const stream = open();
  if (signal.aborted) stop();
  else signal.addEventListener('abort', onAbort, { once: true });
  if (stream !== null) void read(stream);

  return {
    stream,
    worked() {
      hasWorked = true;
    },
    succeeded: () => verdict.succeeded(),
    expectBy(deadline) {
      cancelDeadline();
      cancelDeadline = () => {};
      if (isOver || deadline === null || candidate.baseUrl === '') return;
      const { atMs, missing } = deadline;
      const fire = () => {
        const message = `${missing} did not come in time`;
        settle(new ProviderError('timeout', message, { provider, retryable: true }));
      };
      cancelDeadline = clock.at(atMs, () => {
        const nowMs = clock.nowMs();
        if (nowMs - atMs < STALL_MS) fire();
        else cancelDeadline = clock.at(nowMs + STALL_MS, fire);
      });
    },
    end(reason) {
      if (isOver) return;
      stop();
      ending.abort(reason);
    },
    fail(error) {
      if (isOver) return;
      verdict.failed(error);
      stop();
      ending.abort(error);
    },
  };
}

/** What was thrown as a ProviderError; what is none is `unavailable`. */
function providerErrorOf(error: unknown, provider: string): ProviderError {
  if (error instanceof ProviderError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new ProviderError('unavailable', message, { provider, retryable: true, cause: error });
}
