import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { ApiError } from './api-error.ts';

/** Counts what an address asks for. */
export interface RateLimit {
  /** Rejects with `ApiError` `rate_limited` and `Retry-After` when the address has used up its minute. */
  take(address: string): Promise<void>;
  /** Whether the next `take` would be refused; rejects as `take` does. Counts nothing. */
  check(address: string): Promise<void>;
}

/** At most `perMinute` a minute and address, in this process's memory. */
export function createRateLimit({
  perMinute,
  what,
}: {
  readonly perMinute: number;
  readonly what: string;
}): RateLimit {
  const limiter = new RateLimiterMemory({ points: perMinute, duration: 60 });
  const refusal = (result: RateLimiterRes) => {
    const seconds = Math.max(1, Math.ceil(result.msBeforeNext / 1000));
    return new ApiError('rate_limited', `Too many ${what} from this address. Try again in ${seconds} s.`, {
      headers: { 'Retry-After': String(seconds) },
    });
  };
  return {
    async take(address) {
      try {
        await limiter.consume(address);
      } catch (result) {
        throw result instanceof RateLimiterRes ? refusal(result) : result;
      }
    },
    async check(address) {
      const result = await limiter.get(address);
      if (result !== null && result.consumedPoints >= perMinute) throw refusal(result);
    },
  };
}
