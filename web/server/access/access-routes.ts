import { accessRequestSchema } from '@parley/contracts/http-api';
import { Hono, type MiddlewareHandler } from 'hono';
import { ApiError } from '../http/api-error.ts';
import type { ServerEnv } from '../http/client-address.ts';
import { readJsonBody } from '../http/json-body.ts';
import type { SiteRules } from '../http/site.ts';
import type { AccessGuard } from './access-guard.ts';

interface AccessRouteDeps {
  readonly access: AccessGuard;
  readonly siteRules: SiteRules;
}

/** `POST /api/access`: swaps the access key for the cookie. */
export function createAccessRoute({ access, siteRules }: AccessRouteDeps) {
  const app = new Hono<ServerEnv>();
  app.post('/', async (c) => {
    const { isSecure } = siteRules.require(c);
    const { key } = await readJsonBody(c, accessRequestSchema);
    await access.exchange(c, key, { isSecure });
    return c.body(null, 204);
  });
  return app;
}

/**
 * `?key=` on a page, as the printed link and its QR code have it: swapped for the cookie, and gone from the address
 * before anything is loaded. With a wrong key the page opens all the same, and asks for the right one.
 */
export function swapKeyInLink({ access, siteRules }: AccessRouteDeps): MiddlewareHandler<ServerEnv> {
  return async (c, next) => {
    const key = c.req.query('key');
    if (key === undefined || c.req.method !== 'GET') return next();
    const url = new URL(c.req.url);
    url.searchParams.delete('key');
    try {
      await access.exchange(c, key, siteRules.require(c));
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 'access_key_wrong') throw error;
    }
    c.header('Cache-Control', 'no-store');
    // One slash in front: with two of them the rest would be another host.
    return c.redirect(`/${url.pathname.replace(/^\/+/, '')}${url.search}`, 302);
  };
}
