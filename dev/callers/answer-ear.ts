import { type Room, RpcError } from '@livekit/rtc-node';
import { createOwnWay } from '@parley/agent/transport/own-way';
import type { EarReport } from '@parley/contracts/ear-report';
import { RPC } from '@parley/contracts/room-protocol';

/**
 * Tells the agent how long sound takes to this caller, as a page does. What a caller hears is stamped when it leaves the
 * jitter buffer, and what it says when it goes to the encoder: it has no devices that take time.
 */
export function answerEar(room: Room): void {
  const readOwnWay = createOwnWay(() => room.getRtcStats());
  room.localParticipant?.registerRpcMethod(RPC.ear, async () => {
    const way = await readOwnWay();
    if (way === null) throw new RpcError(RpcError.ErrorCode.APPLICATION_ERROR, 'nothing was heard yet');
    const report: EarReport = { ...way, outputMs: 0, captureMs: 0 };
    return JSON.stringify(report);
  });
}
