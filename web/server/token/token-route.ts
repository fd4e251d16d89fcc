import { type TokenAnswer, tokenRequestSchema } from '@parley/contracts/http-api';
import { Hono } from 'hono';
import type { AccessGuard } from '../access/access-guard.ts';
import type { CallWatcher } from '../calls/call-watcher.ts';
import { ApiError } from '../http/api-error.ts';
import { clientAddress, type ServerEnv } from '../http/client-address.ts';
import { readJsonBody } from '../http/json-body.ts';
import type { RateLimit } from '../http/rate-limit.ts';
import type { SiteRules } from '../http/site.ts';
import { ROOM_NAME_PREFIX } from '../livekit/room-lifetime.ts';
import { type Sfu, SfuError } from '../livekit/sfu.ts';
import type { WorkerRegistry } from '../workers/worker-registry.ts';
import { mintParticipantToken } from './participant-token.ts';
import { requestedJob } from './requested-job.ts';

export interface TokenRouteDeps {
  readonly key: { readonly apiKey: string; readonly apiSecret: string };
  readonly tokenTtlS: number;
  readonly trustedProxies: number;
  readonly sfu: Pick<Sfu, 'createRoom'>;
  readonly workers: Pick<WorkerRegistry, 'agents' | 'reports'>;
  readonly calls: Pick<CallWatcher, 'opened'>;
  readonly access: AccessGuard;
  readonly siteRules: SiteRules;
  readonly rateLimit: RateLimit;
  /** A ULID: sorts by time, and cannot be guessed. */
  readonly newRoomId: () => string;
  /** Unguessable. */
  readonly newCallerId: () => string;
}

/**
 * `POST /api/token`, as LiveKit's `TokenSource.endpoint` asks it. The room is made here, with its agent in the same
 * request, so that the agent is on its way before the page connects.
 */
export function createTokenRoute(deps: TokenRouteDeps) {
  const app = new Hono<ServerEnv>();
  app.post('/', async (c) => {
    const site = deps.siteRules.require(c);
    await deps.rateLimit.take(clientAddress(c, deps.trustedProxies));
    // Asked here and not of all routes at once, as an agent may be open to everybody.
    await deps.access.require(c);
    const request = await readJsonBody(c, tokenRequestSchema);
    const hasReports = deps.workers.reports().length > 0;
    const job = requestedJob(request, hasReports ? deps.workers.agents().map(({ name }) => name) : null);

    const roomName = `${ROOM_NAME_PREFIX}${deps.newRoomId()}`;
    const callId = await orUnavailable(deps.sfu.createRoom(roomName, job));
    deps.calls.opened({ callId, roomName, agent: job.agent ?? null });
    const token = await mintParticipantToken({
      key: deps.key,
      roomName,
      identity: `caller-${deps.newCallerId()}`,
      ttlS: deps.tokenTtlS,
      job,
      client: request,
    });
    const answer: TokenAnswer = {
      server_url: site.serverUrl,
      participant_token: token,
      room_name: roomName,
      participant_name: request.participant_name ?? '',
    };
    return c.json(answer);
  });
  return app;
}

async function orUnavailable<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (cause) {
    if (!(cause instanceof SfuError)) throw cause;
    throw new ApiError(
      'livekit_unavailable',
      'No call can be made now: livekit-server does not answer, or refuses our key. Try again in a few seconds; ' +
        'GET /api/health says more.',
      { headers: { 'Retry-After': '5' }, cause },
    );
  }
}
