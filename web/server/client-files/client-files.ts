import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono, type MiddlewareHandler } from 'hono';
import { compress } from 'hono/compress';
import type { ServerEnv } from '../http/client-address.ts';

/** The page of a call inside another page. */
export const EMBED_PAGE = '/embed';
/** The script that puts it there. */
export const EMBED_SCRIPT = '/embed.js';
/** How long browsers may keep the script, in s: its address never changes, so that an update reaches pages soon. */
const EMBED_SCRIPT_TTL_S = 300;

/** Vite puts a hash of its content into the name of every file there. */
const HASHED = '/assets/';

/** The built web client: hashed files for ever, the page itself never from a cache, and the page for any other path. */
export function createClientFiles({ clientDir }: { readonly clientDir: string }) {
  const app = new Hono<ServerEnv>();
  const page = join(clientDir, 'index.html');
  // Made at the first request that finds a build, as a build may come after the server's start.
  let files: MiddlewareHandler | undefined;
  const pages = new Map<string, MiddlewareHandler>();
  const giveFile = (path: string) => {
    const known = pages.get(path) ?? serveStatic({ root: clientDir, path });
    pages.set(path, known);
    return known;
  };

  app.use(compress());
  app.get('*', async (c, next) => {
    if (!existsSync(page)) {
      c.header('Cache-Control', 'no-store');
      return c.text(
        'The web client is not built. Run `npm start`, which builds it, and load this page again.\n',
        503,
      );
    }
    files ??= serveStatic({ root: clientDir });
    const isHashed = c.req.path.startsWith(HASHED);
    c.header('Cache-Control', cacheControl(c.req.path));
    if (c.req.path === EMBED_PAGE) return giveFile('embed/index.html')(c, next);
    const found = await files(c, async () => {});
    if (found !== undefined) return found;
    const isFile = /\.[a-z0-9]+$/i.test(c.req.path);
    if (isHashed || isFile) {
      c.header('Cache-Control', 'no-store');
      return next();
    }
    return giveFile('index.html')(c, next);
  });
  return app;
}

function cacheControl(path: string): string {
  if (path.startsWith(HASHED)) return 'public, max-age=31536000, immutable';
  return path === EMBED_SCRIPT ? `public, max-age=${EMBED_SCRIPT_TTL_S}` : 'no-cache';
}
