import type { CallId } from '@parley/contracts/ids';
import {
  COMMAND_AUDIENCE,
  COMMAND_LIFE_S,
  commandClaimsSchema,
  type RoomCommand,
} from '@parley/contracts/room-command';
import { jwtVerify } from 'jose';

/** How far the clocks of two machines may be apart, in s. */
const CLOCK_TOLERANCE_S = 10;

/** Reads a signed command for the agent of a call; null for what the server did not sign for it, now. */
export type ReadCommand = (token: string, callId: CallId) => Promise<RoomCommand | null>;

export function createReadCommand(key: { readonly apiKey: string; readonly apiSecret: string }): ReadCommand {
  const secret = new TextEncoder().encode(key.apiSecret);
  return async (token, callId) => {
    try {
      const { payload } = await jwtVerify(token, secret, {
        algorithms: ['HS256'],
        issuer: key.apiKey,
        audience: COMMAND_AUDIENCE,
        subject: callId,
        requiredClaims: ['exp', 'iat'],
        maxTokenAge: COMMAND_LIFE_S,
        clockTolerance: CLOCK_TOLERANCE_S,
      });
      return commandClaimsSchema.safeParse(payload).data?.command ?? null;
    } catch {
      // Not signed by us, too old, or for somebody else: whatever it is, it is no command.
      return null;
    }
  };
}
