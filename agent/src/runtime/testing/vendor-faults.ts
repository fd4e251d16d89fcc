import { type Clock, delay } from '../clock.ts';
import { ProviderError, type ProviderErrorCode } from '../provider-error.ts';

/** How a vendor's stream goes wrong; `none` where it does not. */
export type VendorFault =
  | { readonly kind: 'none' }
  /** It cannot be opened. */
  | { readonly kind: 'refused'; readonly code: ProviderErrorCode }
  /** It fails after so many events: 0, before the first. */
  | { readonly kind: 'cut'; readonly afterEvents: number; readonly code: ProviderErrorCode }
  /** After so many events nothing comes any more. */
  | { readonly kind: 'hang'; readonly afterEvents: number }
  /** Each event comes so much later than the last. */
  | { readonly kind: 'drip'; readonly everyMs: number };

/** The events of a vendor, as far as the fault lets them through. Abort ends a fault without a throw. */
export async function* withFault<Event>(
  events: AsyncIterable<Event>,
  options: {
    readonly fault: VendorFault;
    readonly provider: string;
    readonly clock: Clock;
    readonly signal: AbortSignal;
  },
): AsyncGenerator<Event> {
  const { fault, signal } = options;
  if (fault.kind === 'none') return yield* events;
  if (fault.kind === 'refused') throw vendorError(fault.code, options.provider);
  let given = 0;
  const act = async () => {
    if (fault.kind === 'cut' && given >= fault.afterEvents) throw vendorError(fault.code, options.provider);
    if (fault.kind === 'hang' && given >= fault.afterEvents) await aborted(signal);
    if (fault.kind === 'drip') await delay(options.clock, fault.everyMs, signal).catch(() => {});
  };
  const iterator = events[Symbol.asyncIterator]();
  try {
    for (;;) {
      await act();
      if (signal.aborted) return;
      const next = await iterator.next();
      if (next.done || signal.aborted) return;
      given += 1;
      yield next.value;
    }
  } finally {
    await iterator.return?.();
  }
}

function vendorError(code: ProviderErrorCode, provider: string): ProviderError {
  const retryable = code !== 'auth' && code !== 'bad_request';
  return new ProviderError(code, `simulated ${code}`, { provider, retryable });
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
