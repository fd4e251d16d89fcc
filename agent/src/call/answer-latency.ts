import type { ReplyLatency } from '@parley/contracts/call-record';
import type { CallRecord } from '@parley/engine/record/call-record';
import { agentTurnOf } from '@parley/engine/record/open-reply';

/**
 * Tells how long an answer took: when it first sounds, and again where more becomes known of it while it does. Given the
 * record after each step.
 */
export function createAnswerLatency(tell: (latency: ReplyLatency) => void): (record: CallRecord) => void {
  let seen: CallRecord['reply'] = null;
  let told = '';
  return ({ reply }) => {
    if (reply === seen) return;
    seen = reply;
    const turn = reply === null ? null : agentTurnOf(reply, null);
    if (turn?.role !== 'agent' || turn.answers === null) return;
    const latency = { replyId: turn.replyId, ...turn.latency };
    const text = JSON.stringify(latency);
    if (text === told) return;
    told = text;
    tell(latency);
  };
}
