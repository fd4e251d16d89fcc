import type { CallId } from '@parley/contracts/ids';
import { COMMAND_AUDIENCE, COMMAND_LIFE_S, type RoomCommand } from '@parley/contracts/room-command';
import { SignJWT } from 'jose';

/** A command as the agent of that call believes it. */
export function signCommand(
  callId: CallId,
  command: RoomCommand,
  key: { readonly apiKey: string; readonly apiSecret: string },
): Promise<string> {
  return new SignJWT({ command })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(key.apiKey)
    .setAudience(COMMAND_AUDIENCE)
    .setSubject(callId)
    .setIssuedAt()
    .setExpirationTime(`${COMMAND_LIFE_S}s`)
    .sign(new TextEncoder().encode(key.apiSecret));
}
