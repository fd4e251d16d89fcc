import { type ApiKeyList, newApiKeySchema } from '@parley/contracts/access-api';
import { Hono } from 'hono';
import type { AccessGuard } from '../access/access-guard.ts';
import { ApiError } from '../http/api-error.ts';
import type { ServerEnv } from '../http/client-address.ts';
import { readJsonBody } from '../http/json-body.ts';
import type { ApiKeys } from './api-keys.ts';

export interface KeyRouteDeps {
  readonly access: Pick<AccessGuard, 'require'>;
  readonly apiKeys: ApiKeys;
}

/** `/api/keys`: for who runs the server. */
export function createKeyRoutes({ access, apiKeys }: KeyRouteDeps) {
  const app = new Hono<ServerEnv>();
  app.use(async (c, next) => {
    await access.require(c, 'admin');
    await next();
  });
  app.get('/', async (c) => {
    const answer: ApiKeyList = { keys: [...(await apiKeys.list())] };
    return c.json(answer);
  });
  app.post('/', async (c) => c.json(await apiKeys.make(await readJsonBody(c, newApiKeySchema)), 201));
  app.delete('/:keyId', async (c) => {
    if (await apiKeys.revoke(c.req.param('keyId'))) return c.body(null, 204);
    throw new ApiError('not_found', 'There is no such key: it may have been deleted before.');
  });
  return app;
}
