import { INTERNAL_AUDIENCE } from '@parley/contracts/internal-api';
import type { MiddlewareHandler } from 'hono';
import { jwtVerify } from 'jose';
import { ApiError } from '../http/api-error.ts';
import { peerAddress, type ServerEnv } from '../http/client-address.ts';
import { isLoopbackAddress } from '../http/loopback.ts';

/** The longest life of a token, in s. */
const MAX_TOKEN_LIFE_S = 5 * 60;
/** How far the clocks of two machines may be apart, in s. */
const CLOCK_TOLERANCE_S = 10;

/** Lets through what is signed with the LiveKit secret for us, and for at most 5 minutes. */
export function requireInternalToken(key: {
  readonly apiKey: string;
  readonly apiSecret: string;
}): MiddlewareHandler<ServerEnv> {
  const secret = new TextEncoder().encode(key.apiSecret);
  return async (c, next) => {
    const [scheme = '', token = ''] = (c.req.header('authorization') ?? '').trim().split(/\s+/, 2);
    try {
      if (scheme.toLowerCase() !== 'bearer') throw new Error('no bearer token');
      const { payload } = await jwtVerify(token, secret, {
        algorithms: ['HS256'],
        issuer: key.apiKey,
        audience: INTERNAL_AUDIENCE,
        requiredClaims: ['exp', 'iat'],
        maxTokenAge: MAX_TOKEN_LIFE_S,
        clockTolerance: CLOCK_TOLERANCE_S,
      });
      if ((payload.exp ?? 0) - (payload.iat ?? 0) > MAX_TOKEN_LIFE_S)
        throw new Error('the token lives too long');
    } catch (cause) {
      throw new ApiError(
        'unauthorized',
        'The token is missing, wrong or too old: worker and server need the same LIVEKIT_API_KEY and LIVEKIT_API_SECRET, ' +
          'and clocks that agree.',
        { cause },
      );
    }
    await next();
  };
}

/** Lets through only this machine's own processes: what a proxy brings from elsewhere arrives from loopback too. */
export const requireThisMachine: MiddlewareHandler<ServerEnv> = async (c, next) => {
  const isForwarded =
    c.req.header('x-forwarded-for') !== undefined || c.req.header('forwarded') !== undefined;
  if (isForwarded || !isLoopbackAddress(peerAddress(c))) {
    throw new ApiError(
      'internal_only',
      'Agents of other machines report at PARLEY_INTERNAL_BIND, and PARLEY_SERVER_URL is that address for them.',
    );
  }
  await next();
};
