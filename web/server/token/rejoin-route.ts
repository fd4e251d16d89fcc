import { type JobMetadata, parseJobMetadata } from '@parley/contracts/dispatch';
import { rejoinRequestSchema } from '@parley/contracts/http-api';
import { agentIdentity, MAIN_SEAT } from '@parley/contracts/ids';
import { Hono } from 'hono';
import type { CallWatcher } from '../calls/call-watcher.ts';
import { ApiError } from '../http/api-error.ts';
import { clientAddress, type ServerEnv } from '../http/client-address.ts';
import { readJsonBody } from '../http/json-body.ts';
import type { RateLimit } from '../http/rate-limit.ts';
import type { SiteRules } from '../http/site.ts';
import type { Sfu } from '../livekit/sfu.ts';
import type { CallPlace } from './rejoin-secret.ts';
import { answerWithToken, orUnavailable, type TokenMint } from './token-answer.ts';

export interface RejoinRouteDeps extends TokenMint {
  readonly trustedProxies: number;
  readonly sfu: Pick<Sfu, 'callIn' | 'identities' | 'dispatches'>;
  readonly calls: Pick<CallWatcher, 'awaitsAgent'>;
  readonly siteRules: SiteRules;
  readonly rejoinLimit: RateLimit;
}

/**
 * `POST /api/token/rejoin`: a page that was loaded anew, or whose token is too old to reconnect with, returns to its
 * call. The access key is not asked for: the secret was given to somebody who was let in, is good for one participant of
 * one call, and only while that lives. A wrong secret is answered as an old one, so that nothing is learned by trying.
 */
export function createRejoinRoute(deps: RejoinRouteDeps) {
  const app = new Hono<ServerEnv>();
  app.post('/', async (c) => {
    const site = deps.siteRules.require(c);
    await deps.rejoinLimit.take(clientAddress(c, deps.trustedProxies));
    const { rejoin } = await readJsonBody(c, rejoinRequestSchema);
    const place = await deps.rejoinSecrets.open(rejoin);
    const job = place === null ? null : await orUnavailable(jobOfLiveCall(place, deps));
    if (place === null || job === null)
      throw new ApiError('call_over', 'This call is over. Start a new one.');
    return c.json(await answerWithToken(deps, { site, place, job }));
  });
  return app;
}

/**
 * What the agent of a call was asked for; null once the call is over. A room may stand a little longer than its call: it
 * lives while its agent is in it or on its way, and while the caller's former presence, which waits for an agent to come
 * back, is.
 */
async function jobOfLiveCall(
  { callId, roomName, identity }: CallPlace,
  { sfu, calls }: Pick<RejoinRouteDeps, 'sfu' | 'calls'>,
): Promise<JobMetadata | null> {
  // Asked first: of a room that is gone livekit-server tells no dispatches, and takes seconds to say so.
  if ((await sfu.callIn(roomName)) !== callId) return null;
  const [present, jobs] = await Promise.all([sfu.identities(roomName), sfu.dispatches(roomName)]);
  const isAttended = present.includes(agentIdentity(callId, MAIN_SEAT)) || present.includes(identity);
  if (!isAttended && !calls.awaitsAgent(callId)) return null;
  return jobs.find(({ seat }) => seat === MAIN_SEAT) ?? parseJobMetadata('');
}
