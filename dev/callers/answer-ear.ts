import { type Room, RpcError } from '@livekit/rtc-node';
import { createOwnWay } from '@parley/agent/transport/own-way';
import type { EarReport } from '@parley/contracts/ear-report';
import { RPC } from '@parley/contracts/room-protocol';

/** A caller hears its first sample when the frame with it is whole, in ms. What it says goes to the encoder at once. */
const FRAME_MS = 10;

/** Tells the agent how long sound takes to this caller, as a page does. */
export function answerEar(room: Room): void {
  const readOwnWay = createOwnWay(() => room.getRtcStats());
  room.localParticipant?.registerRpcMethod(RPC.ear, async () => {
    const way = await readOwnWay();
    if (way === null) throw new RpcError(RpcError.ErrorCode.APPLICATION_ERROR, 'nothing was heard yet');
    const report: EarReport = { ...way, outputMs: FRAME_MS, captureMs: 0 };
    return JSON.stringify(report);
  });
}
