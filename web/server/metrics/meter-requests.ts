import type { MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';
import type { ServerEnv } from '../http/client-address.ts';
import type { Clock } from '../runtime/clock.ts';
import type { ServerMetrics } from './server-metrics.ts';

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Counts every request by the pattern of the route that answered it. */
export function meterRequests(deps: {
  readonly metrics: Pick<ServerMetrics, 'requestAnswered'>;
  readonly clock: Clock;
}): MiddlewareHandler<ServerEnv> {
  const { metrics, clock } = deps;
  /** An app within an app counts too, and each request counts once. */
  const counted = new WeakSet<Request>();
  return async (c, next) => {
    if (counted.has(c.req.raw)) return next();
    counted.add(c.req.raw);
    const startedAtMs = clock.nowMs();
    await next();
    metrics.requestAnswered({
      method: METHODS.has(c.req.method) ? c.req.method : 'other',
      route: routePath(c),
      status: c.res.status,
      ms: clock.nowMs() - startedAtMs,
    });
  };
}
