import { INTERNAL_AUDIENCE } from '@parley/contracts/internal-api';
import { SignJWT } from 'jose';

/** The longest that web/server takes. */
const LIFETIME = '5m';

/** A bearer token for `/internal/*` of web/server, signed with the LiveKit secret. */
export function mintInternalToken(key: {
  readonly apiKey: string;
  readonly apiSecret: string;
}): Promise<string> {
  return new SignJWT()
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(key.apiKey)
    .setAudience(INTERNAL_AUDIENCE)
    .setIssuedAt()
    .setExpirationTime(LIFETIME)
    .sign(new TextEncoder().encode(key.apiSecret));
}
