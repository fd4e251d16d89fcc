import {
  type ClaimAnswer,
  type ClaimRequest,
  claimRequestSchema,
  type WorkerReport,
  workerReportSchema,
} from '@parley/contracts/internal-api';
import { Hono } from 'hono';
import type { ServerEnv } from '../http/client-address.ts';
import { readJsonBody } from '../http/json-body.ts';
import { requireInternalToken } from './internal-guard.ts';

export interface InternalDeps {
  /** The LiveKit key: agents sign with its secret. */
  readonly key: { readonly apiKey: string; readonly apiSecret: string };
  readonly onClaim: (claim: ClaimRequest) => ClaimAnswer;
  readonly onReport: (report: WorkerReport) => void;
}

/** `/internal/*`: what agent processes tell the server, and ask of it. */
export function createInternalRoutes(deps: InternalDeps) {
  const app = new Hono<ServerEnv>();
  app.use(requireInternalToken(deps.key));
  app.post('/claims', async (c) => c.json(deps.onClaim(await readJsonBody(c, claimRequestSchema))));
  app.post('/workers', async (c) => {
    deps.onReport(await readJsonBody(c, workerReportSchema));
    return c.body(null, 204);
  });
  return app;
}
