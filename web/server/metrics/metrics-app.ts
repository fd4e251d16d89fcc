import { Hono } from 'hono';
import type { ServerEnv } from '../http/client-address.ts';
import { EXPOSITION_TYPE } from './server-metrics.ts';

/** A worker process that can be asked for its figures from here. */
export interface ScrapeTarget {
  readonly host: string;
  readonly port: number;
}

/** `GET /metrics` for Prometheus, and `GET /targets`, by which it finds the worker processes of this machine. */
export function createMetricsApp(deps: {
  readonly exposition: () => Promise<string>;
  readonly targets: () => readonly ScrapeTarget[];
}) {
  const app = new Hono<ServerEnv>();
  app.use(async (c, next) => {
    await next();
    c.header('Cache-Control', 'no-store');
  });
  app.get('/metrics', async (c) => c.body(await deps.exposition(), 200, { 'Content-Type': EXPOSITION_TYPE }));
  app.get('/targets', (c) => {
    const targets = deps.targets().map(({ host, port }) => `${host}:${port}`);
    return c.json([{ targets, labels: { process: 'worker' } }]);
  });
  app.notFound((c) => c.text('there are /metrics and /targets\n', 404));
  return app;
}
