import { type CallId, callIdSchema, generationSchema, type Seat, seatSchema } from '@parley/contracts/ids';
import {
  type ClaimAnswer,
  type ClaimRequest,
  claimRequestSchema,
  FILE_DIGEST_HEADER,
  type Shipment,
  type ShipmentAnswer,
  shipmentSchema,
  uploadedFileNameSchema,
  type WorkerReport,
  workerReportSchema,
} from '@parley/contracts/internal-api';
import { type Context, Hono } from 'hono';
import { z } from 'zod';
import { ApiError } from '../http/api-error.ts';
import type { ServerEnv } from '../http/client-address.ts';
import { readJsonBody } from '../http/json-body.ts';
import type { UploadedFile, UploadOutcome } from '../recordings/uploaded-files.ts';
import { requireInternalToken } from './internal-guard.ts';

export interface InternalDeps {
  /** The LiveKit key: agents sign with its secret. */
  readonly key: { readonly apiKey: string; readonly apiSecret: string };
  readonly onClaim: (claim: ClaimRequest) => Promise<ClaimAnswer>;
  readonly onReport: (report: WorkerReport) => void;
  readonly onShipment: (shipment: Shipment) => Promise<ShipmentAnswer>;
  /** `storedJournalsSchema` as JSON text. */
  readonly journalsJson: (callId: CallId, seat: Seat) => Promise<string>;
  readonly onUpload: (file: UploadedFile) => Promise<UploadOutcome>;
}

const uploadSchema = z.object({
  callId: callIdSchema,
  generation: z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number)
    .pipe(generationSchema),
  name: uploadedFileNameSchema,
  sha256: z
    .string()
    .regex(/^[0-9a-fA-F]{64}$/, `${FILE_DIGEST_HEADER} must hold the SHA-256 of the body, in hex`),
});

/** `/internal/*`: what agent processes tell the server, and ask of it. */
export function createInternalRoutes(deps: InternalDeps) {
  const app = new Hono<ServerEnv>();
  app.use(requireInternalToken(deps.key));
  app.post('/claims', async (c) => c.json(await deps.onClaim(await readJsonBody(c, claimRequestSchema))));
  app.post('/workers', async (c) => {
    deps.onReport(await readJsonBody(c, workerReportSchema));
    return c.body(null, 204);
  });
  app.post('/events', async (c) => c.json(await deps.onShipment(await readJsonBody(c, shipmentSchema))));
  app.get('/calls/:callId/:seat/journals', async (c) => {
    const callId = callIdSchema.safeParse(c.req.param('callId'));
    const seat = seatSchema.safeParse(c.req.param('seat'));
    if (!callId.success || !seat.success)
      throw new ApiError('not_found', 'The path is /internal/calls/{callId}/{seat}/journals.');
    return c.body(await deps.journalsJson(callId.data, seat.data), 200, {
      'Content-Type': 'application/json',
    });
  });
  app.put('/files/:callId/:generation/:name', async (c) => {
    const outcome = await deps.onUpload(readUpload(c));
    switch (outcome) {
      case 'stored':
        return c.body(null, 204);
      case 'deleted':
        throw new ApiError('call_deleted', 'The call was deleted: delete its files too.');
      case 'digest_mismatch':
        throw new ApiError(
          'digest_mismatch',
          `The body is not what ${FILE_DIGEST_HEADER} says. Send it again.`,
        );
      case 'unknown_call':
        throw new ApiError('not_found', 'No journal of that call and generation is stored: ship it first.');
    }
  });
  return app;
}

function readUpload(c: Context<ServerEnv>): UploadedFile {
  const { callId, generation, name } = c.req.param() as Record<string, string>;
  const upload = uploadSchema.safeParse({
    callId,
    generation,
    name,
    sha256: c.req.header(FILE_DIGEST_HEADER) ?? '',
  });
  if (upload.success) return { ...upload.data, body: c.req.raw.body ?? new Blob([]).stream() };
  const [issue] = upload.error.issues;
  throw new ApiError(
    'invalid_field',
    `${String(issue?.path[0] ?? 'path')}: ${issue?.message ?? 'is wrong'}.`,
  );
}
