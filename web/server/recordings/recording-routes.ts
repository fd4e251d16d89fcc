import {
  type RecordingLink,
  recordingLinkRequestSchema,
  recordingRequestSchema,
} from '@parley/contracts/calls-api';
import { type Context, Hono } from 'hono';
import type { AccessGuard } from '../access/access-guard.ts';
import { type CallScope, callScopeOf } from '../access/principal.ts';
import type { FoundCall } from '../calls/find-call.ts';
import { readCallId, requireCall } from '../calls/require-call.ts';
import type { Database } from '../database/database.ts';
import { ApiError } from '../http/api-error.ts';
import type { ServerEnv } from '../http/client-address.ts';
import { readJsonBody } from '../http/json-body.ts';
import type { Sfu } from '../livekit/sfu.ts';
import { orUnavailable } from '../token/token-answer.ts';
import { answerFile } from './answer-file.ts';
import { type CallFiles, ENDING, type ShownFile } from './call-files.ts';
import type { RecordingLinks } from './recording-links.ts';

export interface RecordingRouteDeps {
  readonly access: Pick<AccessGuard, 'require'>;
  readonly database: () => Database;
  readonly files: CallFiles;
  readonly recordingLinks: RecordingLinks;
  readonly sfu: Pick<Sfu, 'sendCommand'>;
  readonly nowEpochS: () => number;
}

const CONTENT_TYPE = { recording: 'audio/wav', peaks: 'application/json' } as const satisfies Record<
  ShownFile,
  string
>;

/** `/api/calls/{id}/recording` and `/peaks`: how a call sounded. */
export function createRecordingRoutes(deps: RecordingRouteDeps) {
  const { access, database, files, recordingLinks, sfu } = deps;
  const app = new Hono<ServerEnv>();

  /** Who shows a link hears that call and no other. */
  const requireListener = async (c: Context<ServerEnv>): Promise<CallScope> => {
    const signature = c.req.query('signature');
    if (signature === undefined) return callScopeOf(await access.require(c, 'calls:listen'));
    if (recordingLinks.isValid(readCallId(c), signature)) return { kind: 'every' };
    throw new ApiError('unauthorized', 'This link is too old, or was changed. Ask for another one.');
  };
  const giveFile = async (c: Context<ServerEnv>, file: ShownFile) => {
    const call = await requireCall(c, database(), await requireListener(c));
    const opened = await files.open(call, file);
    if (opened === null) throw noFile(call);
    const fileName = `${call.callId.replace(/[^\w-]/g, '')}${ENDING[file]}`;
    c.header('Content-Disposition', `inline; filename="${fileName}"`);
    return answerFile(c, opened, CONTENT_TYPE[file]);
  };

  app.get('/:callId/recording', (c) => giveFile(c, 'recording'));
  app.get('/:callId/peaks', (c) => giveFile(c, 'peaks'));
  app.post('/:callId/recording/link', async (c) => {
    const scope = callScopeOf(await access.require(c, 'calls:listen'));
    const { ttlS } = await readJsonBody(c, recordingLinkRequestSchema);
    const { callId } = await requireCall(c, database(), scope);
    const endsEpochS = deps.nowEpochS() + ttlS;
    const answer: RecordingLink = {
      path: `/api/calls/${encodeURIComponent(callId)}/recording?signature=${recordingLinks.sign(callId, endsEpochS)}`,
      expiresAtMs: endsEpochS * 1_000,
    };
    return c.json(answer);
  });
  app.post('/:callId/recording', async (c) => {
    const scope = callScopeOf(await access.require(c, 'calls:dial'));
    const { state } = await readJsonBody(c, recordingRequestSchema);
    const call = await requireCall(c, database(), scope);
    if (call.state === 'ended')
      throw new ApiError('call_over', 'This call is over: nothing is recorded of it any more.');
    await orUnavailable(sfu.sendCommand(call.roomName, call.callId, { type: 'setRecording', state }));
    return c.body(null, 202);
  });
  return app;
}

function noFile({ state, recording }: FoundCall): ApiError {
  if (state !== 'ended')
    return new ApiError('recording_not_ready', 'The call goes on: its recording is there once it is over.', {
      headers: { 'Retry-After': '5' },
    });
  if (recording === 'pending')
    return new ApiError(
      'recording_not_ready',
      'The recording was not put together yet. Try again in a few seconds.',
      {
        headers: { 'Retry-After': '5' },
      },
    );
  return new ApiError('not_found', 'There is no recording of this call here.');
}
