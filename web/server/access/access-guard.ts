import { createHash, timingSafeEqual } from 'node:crypto';
import type { Context } from 'hono';
import { getSignedCookie, setSignedCookie } from 'hono/cookie';
import { ApiError } from '../http/api-error.ts';
import { clientAddress, type ServerEnv } from '../http/client-address.ts';
import { createRateLimit } from '../http/rate-limit.ts';

const COOKIE = 'parley_access';
/** How long a browser keeps its access, in s: 30 days. */
const COOKIE_TTL_S = 30 * 24 * 60 * 60;
/** Wrong keys an address may try a minute: a person's typing errors, and no more. */
const WRONG_KEYS_PER_MINUTE = 10;

/**
 * The access key at the door. It comes as a bearer token or as the cookie that it was swapped for. The cookie holds its
 * end and a signature made with the key: never the key, and worth nothing once the key is another.
 */
export interface AccessGuard {
  /** Rejects with `ApiError` where the request shows no key, or a wrong one. */
  require(c: Context<ServerEnv>): Promise<void>;
  /** As `require`, but says it. */
  isGranted(c: Context<ServerEnv>): Promise<boolean>;
  /** Swaps a key for the cookie. Rejects with `ApiError` where it is the wrong one, or too many were. */
  exchange(c: Context<ServerEnv>, key: string, options: { readonly isSecure: boolean }): Promise<void>;
}

export function createAccessGuard(deps: {
  /** Null: nothing is asked. */
  readonly accessKey: string | null;
  readonly trustedProxies: number;
  readonly nowEpochS: () => number;
}): AccessGuard {
  const { accessKey } = deps;
  if (accessKey === null)
    return { require: async () => {}, isGranted: async () => true, exchange: async () => {} };
  const wrongKeys = createRateLimit({ perMinute: WRONG_KEYS_PER_MINUTE, what: 'wrong access keys' });

  const checkKey = async (c: Context<ServerEnv>, key: string) => {
    const address = clientAddress(c, deps.trustedProxies);
    await wrongKeys.check(address);
    if (isSame(key, accessKey)) return;
    await wrongKeys.take(address);
    throw new ApiError(
      'access_key_wrong',
      'The access key is wrong. It is PARLEY_ACCESS_KEY of this server.',
    );
  };

  const hasCookie = async (c: Context) => {
    const endsEpochS = Number(await getSignedCookie(c, accessKey, COOKIE));
    return endsEpochS > deps.nowEpochS();
  };

  const guard: AccessGuard = {
    async require(c) {
      const [scheme = '', key = ''] = (c.req.header('authorization') ?? '').trim().split(/\s+/, 2);
      if (scheme.toLowerCase() === 'bearer') return checkKey(c, key);
      if (await hasCookie(c)) return;
      throw new ApiError(
        'access_key_required',
        'This server asks for its access key: open it with the link that holds the key, or send the header ' +
          '`Authorization: Bearer <key>`.',
        { headers: { 'WWW-Authenticate': 'Bearer' } },
      );
    },
    async isGranted(c) {
      try {
        await guard.require(c);
        return true;
      } catch (error) {
        if (error instanceof ApiError) return false;
        throw error;
      }
    },
    async exchange(c, key, { isSecure }) {
      await checkKey(c, key);
      await setSignedCookie(c, COOKIE, String(deps.nowEpochS() + COOKIE_TTL_S), accessKey, {
        httpOnly: true,
        sameSite: 'Strict',
        path: '/',
        secure: isSecure,
        maxAge: COOKIE_TTL_S,
      });
    },
  };
  return guard;
}

/** Compares in a time that says nothing about either text. */
function isSame(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}
