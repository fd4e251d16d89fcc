import { type LoginState, loginRequestSchema, passwordRequestSchema } from '@parley/contracts/access-api';
import { type Context, Hono } from 'hono';
import type { AccessGuard } from '../access/access-guard.ts';
import { scopesOf } from '../access/principal.ts';
import { ApiError } from '../http/api-error.ts';
import { clientAddress, type ServerEnv } from '../http/client-address.ts';
import { readJsonBody } from '../http/json-body.ts';
import { createRateLimit } from '../http/rate-limit.ts';
import type { SiteRules } from '../http/site.ts';
import { deleteLoginCookie, readLoginCookie, setLoginCookie } from './login-cookie.ts';
import type { Logins } from './logins.ts';

/** Passwords that an address may try a minute, and all addresses together: each try costs the server a quarter of a second. */
const TRIES_PER_MINUTE = 5;
const TRIES_OF_ALL_PER_MINUTE = 60;

export interface LoginRouteDeps {
  readonly access: Pick<AccessGuard, 'find' | 'require'>;
  readonly logins: Logins;
  readonly siteRules: Pick<SiteRules, 'require'>;
  readonly trustedProxies: number;
}

/** `/api/login`: the password of who runs the server, swapped for a cookie; the first run sets it. */
export function createLoginRoutes({ access, logins, siteRules, trustedProxies }: LoginRouteDeps) {
  const what = 'tries to log in';
  const tries = createRateLimit({ perMinute: TRIES_PER_MINUTE, what });
  const triesOfAll = createRateLimit({ perMinute: TRIES_OF_ALL_PER_MINUTE, what });
  const app = new Hono<ServerEnv>();

  const checkPassword = async (c: Context<ServerEnv>, password: string) => {
    const address = clientAddress(c, trustedProxies);
    // Counted before it is tried: of many at the same time no more get through.
    await tries.take(address);
    await triesOfAll.take('all');
    if (await logins.isPassword(password)) return;
    throw new ApiError(
      'login_wrong',
      'The password is wrong. Who has lost it sets another one with the access key, PARLEY_ACCESS_KEY of this server.',
    );
  };
  const begin = async (c: Context<ServerEnv>) => {
    setLoginCookie(c, await logins.begin(), siteRules.require(c));
    return c.body(null, 204);
  };

  app.get('/', async (c) => {
    const principal = await access.find(c);
    const answer: LoginState = {
      hasLogin: await logins.exists(),
      as: principal?.kind ?? null,
      scopes: principal === null ? [] : scopesOf(principal),
    };
    return c.json(answer);
  });
  app.post('/', async (c) => {
    const { password } = await readJsonBody(c, loginRequestSchema);
    await checkPassword(c, password);
    return begin(c);
  });
  app.put('/', async (c) => {
    const { kind } = await access.require(c, 'admin');
    const { password, currentPassword } = await readJsonBody(c, passwordRequestSchema);
    const isFirst = !(await logins.exists());
    // A browser that was left open does not hand the server over.
    if (kind === 'login') await checkPassword(c, currentPassword ?? '');
    if (!(await logins.setPassword(password, { isFirst })))
      throw new ApiError(
        'login_exists',
        'Somebody else has set the first password just now: log in with it.',
      );
    return begin(c);
  });
  app.delete('/', async (c) => {
    const token = readLoginCookie(c);
    if (token !== null) await logins.end(token);
    deleteLoginCookie(c);
    return c.body(null, 204);
  });
  return app;
}
