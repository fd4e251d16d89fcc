import { type LocalParticipant, RpcError } from '@livekit/rtc-node';
import type { ParticipantId } from '@parley/contracts/ids';
import { RPC } from '@parley/contracts/room-protocol';
import type { EarAnswer } from './ear-questions.ts';

/** Asks one participant's client by LiveKit's RPC. `local` is undefined where the room is not connected. */
export async function askEar(
  local: LocalParticipant | undefined,
  participantId: ParticipantId,
): Promise<EarAnswer> {
  if (local === undefined) return { kind: 'nothing' };
  try {
    const payload = await local.performRpc({
      destinationIdentity: participantId,
      method: RPC.ear,
      payload: '',
    });
    return { kind: 'told', payload };
  } catch (error) {
    const isLacking = error instanceof RpcError && error.code === RpcError.ErrorCode.UNSUPPORTED_METHOD;
    return { kind: isLacking ? 'lacking' : 'nothing' };
  }
}
