import { tokenRequestSchema } from '@parley/contracts/http-api';
import { Hono } from 'hono';
import type { AccessGuard } from '../access/access-guard.ts';
import type { CallWatcher } from '../calls/call-watcher.ts';
import { clientAddress, type ServerEnv } from '../http/client-address.ts';
import { readJsonBody } from '../http/json-body.ts';
import type { RateLimit } from '../http/rate-limit.ts';
import type { SiteRules } from '../http/site.ts';
import { ROOM_NAME_PREFIX } from '../livekit/room-lifetime.ts';
import type { Sfu } from '../livekit/sfu.ts';
import type { WorkerRegistry } from '../workers/worker-registry.ts';
import { requestedAgent, requestedJob } from './requested-job.ts';
import { answerWithToken, orUnavailable, type TokenMint } from './token-answer.ts';

export interface TokenRouteDeps extends TokenMint {
  readonly trustedProxies: number;
  readonly sfu: Pick<Sfu, 'createRoom'>;
  readonly workers: Pick<WorkerRegistry, 'agents' | 'isPublic' | 'reports'>;
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
    const request = await readJsonBody(c, tokenRequestSchema);
    // A page may call a public agent without the key; which pages may ask at all was decided before.
    const isOpen = deps.siteRules.isPage(c) && deps.workers.isPublic(requestedAgent(request));
    const caller = isOpen ? await deps.access.find(c) : await deps.access.require(c, 'calls:dial');
    const hasReports = deps.workers.reports().length > 0;
    const asked = requestedJob(request, hasReports ? deps.workers.agents().map(({ name }) => name) : null);
    const job = caller?.kind === 'api_key' ? { ...asked, ownerKeyId: caller.keyId } : asked;

    const roomName = `${ROOM_NAME_PREFIX}${deps.newRoomId()}`;
    const callId = await orUnavailable(deps.sfu.createRoom(roomName, job));
    deps.calls.opened({ callId, roomName, agent: job.agent ?? null, ownerKeyId: job.ownerKeyId ?? null });
    const { participant_name, participant_metadata, participant_attributes } = request;
    const place = {
      callId,
      roomName,
      identity: `caller-${deps.newCallerId()}`,
      client: { participant_name, participant_metadata, participant_attributes },
    };
    return c.json(await answerWithToken(deps, { site, place, job }));
  });
  return app;
}
