import { createHash, timingSafeEqual } from 'node:crypto';
import type { Scope } from '@parley/contracts/access-api';
import type { Context } from 'hono';
import { getSignedCookie, setSignedCookie } from 'hono/cookie';
import type { ApiKeys } from '../api-keys/api-keys.ts';
import { looksLikeKey } from '../api-keys/key-text.ts';
import { ApiError } from '../http/api-error.ts';
import { clientAddress, type ServerEnv } from '../http/client-address.ts';
import { createRateLimit } from '../http/rate-limit.ts';
import type { SiteRules } from '../http/site.ts';
import { readLoginCookie } from '../login/login-cookie.ts';
import type { Logins } from '../login/logins.ts';
import { may, type Principal } from './principal.ts';

const COOKIE = 'parley_access';
/** How long a browser keeps its access, in s: 30 days. */
const COOKIE_TTL_S = 30 * 24 * 60 * 60;
/** Wrong keys an address may try a minute: a person's typing errors, and no more. */
const WRONG_KEYS_PER_MINUTE = 10;

/**
 * The door. It opens to the access key, as a bearer token or as the cookie that it was swapped for, to an API key as a
 * bearer token, and to the cookie of a login. The access key's cookie holds its end and a signature made with the key:
 * never the key, and worth nothing once the key is another.
 */
export interface AccessGuard {
  /** Who asks. Rejects with `ApiError` where the request shows nothing that opens, or something wrong. */
  identify(c: Context<ServerEnv>): Promise<Principal>;
  /** As `identify`, of who may do that; `scope_missing` where the key was not made for it. */
  require(c: Context<ServerEnv>, scope: Scope): Promise<Principal>;
  /** Who asks; null where `identify` would reject because of what the request shows. */
  find(c: Context<ServerEnv>): Promise<Principal | null>;
  /** Swaps the access key for the cookie. Rejects with `ApiError` where it is the wrong one, or too many were. */
  exchange(c: Context<ServerEnv>, key: string, options: { readonly isSecure: boolean }): Promise<void>;
}

export function createAccessGuard(deps: {
  /** Null: there is none. */
  readonly accessKey: string | null;
  /** Others than this machine reach the server: something is asked before there is a login too. */
  readonly isExposed: boolean;
  readonly apiKeys: Pick<ApiKeys, 'verify'>;
  readonly logins: Pick<Logins, 'exists' | 'isLoggedIn'>;
  readonly siteRules: Pick<SiteRules, 'isOtherPage'>;
  readonly trustedProxies: number;
  readonly nowEpochS: () => number;
}): AccessGuard {
  const { accessKey, apiKeys, logins } = deps;
  const wrongKeys = createRateLimit({ perMinute: WRONG_KEYS_PER_MINUTE, what: 'wrong access keys' });

  const isAsked = async () => deps.isExposed || (await logins.exists());

  /** Wrong keys are counted by address, whatever kind they are of. */
  const checkKey = async (
    c: Context<ServerEnv>,
    findOwner: () => Promise<Principal | null>,
  ): Promise<Principal> => {
    const address = clientAddress(c, deps.trustedProxies);
    await wrongKeys.check(address);
    const owner = await findOwner();
    if (owner !== null) return owner;
    await wrongKeys.take(address);
    throw new ApiError(
      'access_key_wrong',
      'The key is wrong. The access key is PARLEY_ACCESS_KEY of this server; an API key may have been deleted.',
    );
  };
  const ownerOfAccessKey = async (key: string): Promise<Principal | null> =>
    accessKey !== null && isSame(key, accessKey) ? { kind: 'access_key' } : null;
  const ownerOfAnyKey = async (key: string): Promise<Principal | null> => {
    const found = await apiKeys.verify(key);
    return found === null ? ownerOfAccessKey(key) : { kind: 'api_key', ...found };
  };

  const hasAccessCookie = async (c: Context) => {
    if (accessKey === null) return false;
    const endsEpochS = Number(await getSignedCookie(c, accessKey, COOKIE));
    return endsEpochS > deps.nowEpochS();
  };

  const guard: AccessGuard = {
    async identify(c) {
      const [scheme = '', key = ''] = (c.req.header('authorization') ?? '').trim().split(/\s+/, 2);
      const hasBearer = scheme.toLowerCase() === 'bearer';
      // Also where nothing is asked: what is begun with a key belongs to the key.
      if (hasBearer && looksLikeKey(key)) return checkKey(c, () => ownerOfAnyKey(key));
      if (!(await isAsked())) return { kind: deps.siteRules.isOtherPage(c) ? 'other_page' : 'this_machine' };
      if (hasBearer) return checkKey(c, () => ownerOfAccessKey(key));
      if (await hasAccessCookie(c)) return { kind: 'access_key' };
      const loginToken = readLoginCookie(c);
      if (loginToken !== null && (await logins.isLoggedIn(loginToken))) return { kind: 'login' };
      throw new ApiError(
        'access_key_required',
        'This server asks for its access key: open it with the link that holds the key, log in, or send the header ' +
          '`Authorization: Bearer <key>`.',
        { headers: { 'WWW-Authenticate': 'Bearer' } },
      );
    },
    async require(c, scope) {
      const principal = await guard.identify(c);
      if (may(principal, scope)) return principal;
      throw new ApiError(
        'scope_missing',
        principal.kind === 'other_page'
          ? 'A page of another site begins calls here, and no more. Open this server itself.'
          : `This API key was not made for that: it lacks the scope ${scope}. Make another key, with that scope.`,
      );
    },
    async find(c) {
      try {
        return await guard.identify(c);
      } catch (error) {
        if (error instanceof ApiError && error.status < 500) return null;
        throw error;
      }
    },
    async exchange(c, key, { isSecure }) {
      if (!(await isAsked())) return;
      await checkKey(c, () => ownerOfAccessKey(key));
      if (accessKey === null) return;
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
