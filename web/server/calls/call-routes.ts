import type { CallDetail, CallSummary } from '@parley/contracts/call-record';
import {
  type CallFilter,
  type CallList,
  type CallListRequest,
  callExportRequestSchema,
  callListRequestSchema,
  callStatsRequestSchema,
} from '@parley/contracts/calls-api';
import { type Context, Hono } from 'hono';
import type { Logger } from 'pino';
import type { AccessGuard } from '../access/access-guard.ts';
import { type CallScope, callScopeOf } from '../access/principal.ts';
import type { Database } from '../database/database.ts';
import { ApiError } from '../http/api-error.ts';
import type { ServerEnv } from '../http/client-address.ts';
import { readQuery } from '../http/query.ts';
import { textStream } from '../http/text-stream.ts';
import { createLiveRoute, type LiveDeps } from '../live/live-routes.ts';
import type { Sfu } from '../livekit/sfu.ts';
import { createRecordingRoutes, type RecordingRouteDeps } from '../recordings/recording-routes.ts';
import { isoOf } from '../runtime/clock.ts';
import { orUnavailable } from '../token/token-answer.ts';
import { exportCsv, exportJson } from './call-export.ts';
import { journalText } from './call-journal.ts';
import { callDetail, listCalls, runningSummaries } from './call-queries.ts';
import { callStats } from './call-stats.ts';
import type { CallEraser } from './delete-call.ts';
import { createProviderRoutes } from './provider-routes.ts';
import { noSuchCall, readCallId, requireCall } from './require-call.ts';

export type CallRouteDeps = Omit<LiveDeps, 'runningCalls'> &
  RecordingRouteDeps & {
    readonly access: Pick<AccessGuard, 'require'>;
    readonly database: () => Database;
    readonly eraser: CallEraser;
    readonly sfu: Pick<Sfu, 'sendCommand' | 'closeRoom'>;
    readonly nowEpochMs: () => number;
    readonly log: Logger;
  };

/** Calls of one query of an export. */
const EXPORTED_AT_ONCE = 200;

/** `/api/calls`: what was said and done in calls, and the running ones. Every answer is of calls that the asker may know of. */
export function createCallRoutes(deps: CallRouteDeps) {
  const { access, database, eraser, sfu } = deps;
  const app = new Hono<ServerEnv>();
  const readerScope = async (c: Context<ServerEnv>) => callScopeOf(await access.require(c, 'calls:read'));

  app.get('/', async (c) => {
    const scope = await readerScope(c);
    const answer: CallList = await listCalls(database(), readQuery(c, callListRequestSchema), scope);
    return c.json(answer);
  });
  app.get('/stats', async (c) => {
    const scope = await readerScope(c);
    const request = readQuery(c, callStatsRequestSchema);
    return c.json(await callStats(database(), request, scope, deps.nowEpochMs()));
  });
  app.get('/export', async (c) => {
    const scope = await readerScope(c);
    const { format, turns, ...filter } = readQuery(c, callExportRequestSchema);
    const calls = everyCall(database(), filter, scope);
    const name = `calls-${isoOf(deps.nowEpochMs()).slice(0, 10)}.${format}`;
    const text =
      format === 'csv'
        ? exportCsv(calls)
        : exportJson(turns === 'yes' ? withTurns(database(), calls, scope) : calls);
    return c.body(textStream(toldOnFailure(text, deps.log)), 200, {
      'Content-Type': format === 'csv' ? 'text/csv; charset=utf-8' : 'application/json',
      'Content-Disposition': `attachment; filename="${name}"`,
    });
  });
  app.route(
    '/live',
    createLiveRoute({ ...deps, runningCalls: (scope) => runningSummaries(database(), scope) }),
  );

  app.get('/:callId', async (c) => {
    const call = await callDetail(database(), readCallId(c), await readerScope(c));
    if (call === null) throw noSuchCall();
    return c.json(call);
  });
  app.delete('/:callId', async (c) => {
    const call = await requireCall(c, database(), callScopeOf(await access.require(c, 'admin')));
    if (call.state !== 'ended')
      throw new ApiError('call_running', 'The call goes on. End it first: POST /api/calls/{id}/end.');
    await eraser.erase([call]);
    return c.body(null, 204);
  });
  app.get('/:callId/journal', async (c) => {
    const { callId, number } = await requireCall(c, database(), await readerScope(c));
    return c.body(textStream(toldOnFailure(journalText(database(), number), deps.log)), 200, {
      'Content-Type': 'application/x-ndjson',
      'Content-Disposition': `attachment; filename="${callId.replace(/[^\w-]/g, '')}.ndjson"`,
    });
  });
  app.post('/:callId/end', async (c) => {
    const call = await requireCall(c, database(), callScopeOf(await access.require(c, 'calls:dial')));
    // A call of which nobody has told the end yet ends once its room is gone.
    if (call.state !== 'ended') await orUnavailable(sfu.closeRoom(call.roomName));
    return c.body(null, 202);
  });
  app.route('/', createProviderRoutes(deps));
  app.route('/', createRecordingRoutes(deps));
  return app;
}

async function* everyCall(
  database: Database,
  filter: CallFilter,
  scope: CallScope,
): AsyncGenerator<CallSummary> {
  let cursor: string | undefined;
  do {
    const request: CallListRequest = { ...filter, limit: EXPORTED_AT_ONCE, cursor };
    const { calls, nextCursor } = await listCalls(database, request, scope);
    for (const { match: _match, ...call } of calls) yield call;
    cursor = nextCursor ?? undefined;
  } while (cursor !== undefined);
}

async function* withTurns(
  database: Database,
  calls: AsyncIterable<CallSummary>,
  scope: CallScope,
): AsyncGenerator<CallDetail> {
  for await (const { callId } of calls) {
    const call = await callDetail(database, callId, scope);
    // It may have been deleted since.
    if (call !== null) yield call;
  }
}

/** The answer has begun, and can only be cut off. */
async function* toldOnFailure(text: AsyncIterable<string>, log: Logger): AsyncGenerator<string> {
  try {
    yield* text;
  } catch (error) {
    log.error({ err: error }, 'an export or a journal could not be read to its end');
    throw error;
  }
}
