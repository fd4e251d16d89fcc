import { MAX_API_BODY_BYTES } from '@parley/contracts/http-api';
import { MAX_SHIPMENT_BYTES } from '@parley/contracts/internal-api';
import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { cors } from 'hono/cors';
import type { Logger } from 'pino';
import { createAccessRoute, swapKeyInLink } from './access/access-routes.ts';
import { createKeyRoutes, type KeyRouteDeps } from './api-keys/key-routes.ts';
import { type CallRouteDeps, createCallRoutes } from './calls/call-routes.ts';
import { createClientFiles, EMBED_PAGE, EMBED_SCRIPT } from './client-files/client-files.ts';
import { createEmbedRoute, type EmbedRouteDeps } from './embed/embed-route.ts';
import { createAgentsRoute, createHealthRoute, type StatusDeps } from './health/status-routes.ts';
import { answerErrors } from './http/answer-errors.ts';
import { ApiError } from './http/api-error.ts';
import type { ServerEnv } from './http/client-address.ts';
import { limitBody } from './http/limit-body.ts';
import { securityHeaders } from './http/security-headers.ts';
import { requireThisMachine } from './internal/internal-guard.ts';
import { createInternalRoutes, type InternalDeps } from './internal/internal-routes.ts';
import { createWebhookRoute, type WebhookDeps } from './livekit/webhook-route.ts';
import { createLoginRoutes, type LoginRouteDeps } from './login/login-routes.ts';
import { createOpenApiRoute } from './openapi/openapi-route.ts';
import { createRejoinRoute, type RejoinRouteDeps } from './token/rejoin-route.ts';
import { createTokenRoute, type TokenRouteDeps } from './token/token-route.ts';
import { createWebhookEndpointRoutes, type WebhookEndpointDeps } from './webhooks/webhook-routes.ts';

/** Room events are small; one that is larger is none. */
const MAX_WEBHOOK_BODY_BYTES = 64 * 1024;
/** A report names every agent and every fault of a worker's definitions. */
const MAX_INTERNAL_BODY_BYTES = 1024 * 1024;
/** A recording of two channels takes 230 MB an hour. */
const MAX_UPLOAD_BYTES = 4 * 1024 * 1024 * 1024;

export type AppDeps = TokenRouteDeps &
  RejoinRouteDeps &
  StatusDeps &
  KeyRouteDeps &
  CallRouteDeps &
  LoginRouteDeps &
  EmbedRouteDeps &
  WebhookEndpointDeps &
  InternalDeps &
  WebhookDeps & {
    /** Folder of the built web client. */
    readonly clientDir: string;
    /** Origins beside our own whose pages may embed calls. */
    readonly allowedOrigins: readonly string[];
    /** The operator's address of the server is an https one. */
    readonly isHttpsOnly: boolean;
  } & SharedDeps;

/** What every app of the server has. */
interface SharedDeps {
  /** Counts each request. */
  readonly requestMeter: MiddlewareHandler<ServerEnv>;
  readonly log: Logger;
}

/** Every route of the server but `/rtc`, which never becomes a request of this app. */
export function createApp(deps: AppDeps) {
  const { siteRules } = deps;
  const app = new Hono<ServerEnv>();
  app.use(deps.requestMeter);
  answerErrors(app, deps.log);
  const { isHttpsOnly, allowedOrigins } = deps;
  const site = { isHttpsOnly, serverUrl: (c: Context) => siteRules.find(c)?.serverUrl ?? null };
  const guardPage = securityHeaders(site);
  const guards = new Map([
    [EMBED_PAGE, securityHeaders({ ...site, framedBy: ["'self'", ...allowedOrigins] })],
    [EMBED_SCRIPT, securityHeaders({ ...site, isShared: true })],
  ]);
  app.use((c, next) => (guards.get(c.req.path) ?? guardPage)(c, next));

  app.use('/api/*', async (c, next) => {
    await next();
    c.header('Cache-Control', 'no-store');
  });
  app.route('/api/embed', createEmbedRoute(deps));
  app.use(
    '/api/*',
    cors({ origin: (origin) => (siteRules.isAllowedOrigin(origin) ? origin : null), maxAge: 600 }),
  );
  app.route('/api/health', createHealthRoute(deps));
  app.use('/api/*', async (c, next) => {
    siteRules.require(c);
    siteRules.checkOrigin(c);
    await next();
  });
  app.use('/api/*', limitBody(MAX_API_BODY_BYTES));
  app.route('/api/access', createAccessRoute(deps));
  app.route('/api/login', createLoginRoutes(deps));
  app.route('/api/keys', createKeyRoutes(deps));
  app.route('/api/calls', createCallRoutes(deps));
  app.route('/api/webhooks', createWebhookEndpointRoutes(deps));
  app.route('/api/openapi.json', createOpenApiRoute());
  app.route('/api/token', createTokenRoute(deps));
  app.route('/api/token/rejoin', createRejoinRoute(deps));
  app.route('/api/agents', createAgentsRoute(deps));
  for (const path of ['/api/access', '/api/token', '/api/token/rejoin'])
    app.all(path, () => refuseMethod('POST'));
  for (const path of ['/api/health', '/api/agents', '/api/embed']) app.all(path, () => refuseMethod('GET'));
  app.all('/api/*', (c) => c.notFound());

  app.use('/internal/*', requireThisMachine);
  app.route('/', createInternalApp(deps));

  app.use(async (c, next) => {
    siteRules.require(c);
    await next();
  });
  app.use(swapKeyInLink(deps));
  app.route('/', createClientFiles(deps));
  return app;
}

/**
 * What our own processes and livekit-server ask, each proving itself by a signature: served at `PARLEY_INTERNAL_BIND`
 * too, where there is no certificate that they would have to trust.
 */
export function createInternalApp(deps: InternalDeps & WebhookDeps & SharedDeps) {
  const app = new Hono<ServerEnv>();
  app.use(deps.requestMeter);
  answerErrors(app, deps.log);
  const limits = [
    [/^\/internal\/events$/, limitBody(MAX_SHIPMENT_BYTES)],
    [/^\/internal\/files\//, limitBody(MAX_UPLOAD_BYTES)],
    [/^/, limitBody(MAX_INTERNAL_BODY_BYTES)],
  ] as const;
  app.use('/internal/*', (c, next) => {
    const [, limit] = limits.find(([path]) => path.test(c.req.path)) ?? limits[2];
    return limit(c, next);
  });
  app.route('/internal', createInternalRoutes(deps));
  app.all('/internal/*', (c) => c.notFound());
  app.use('/webhooks/*', limitBody(MAX_WEBHOOK_BODY_BYTES));
  app.route('/webhooks/livekit', createWebhookRoute(deps));
  app.all('/webhooks/*', (c) => c.notFound());
  return app;
}

function refuseMethod(allowed: string): never {
  throw new ApiError('method_not_allowed', `Use ${allowed} here.`, { headers: { Allow: allowed } });
}
