import { Hono } from 'hono';
import type { ServerEnv } from '../http/client-address.ts';
import { openApiDocument } from './openapi-document.ts';

/** `GET /api/openapi.json`, open to everybody: it says nothing of this server's own. */
export function createOpenApiRoute() {
  const app = new Hono<ServerEnv>();
  let document: string | undefined;
  app.get('/', (c) => {
    document ??= JSON.stringify(openApiDocument());
    return c.body(document, 200, { 'Content-Type': 'application/json' });
  });
  return app;
}
