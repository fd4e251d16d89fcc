import type { EndReason } from '@parley/contracts/call-event';
import type { CallId } from '@parley/contracts/ids';
import type { LiveFeed } from '../live/live-feed.ts';

/** Ended calls that are remembered: what is told of a call after its end comes within minutes. */
const KEPT_CALLS = 5_000;

/** Tells each call's end once, with reason and cost as they were known first. Returns how to stop. */
export function countEndedCalls(
  live: Pick<LiveFeed, 'listen'>,
  ended: (reason: EndReason, costUsd: number | null) => void,
): () => void {
  const counted = new Set<CallId>();
  return live.listen({ kind: 'every' }, ({ event }) => {
    if (event.type !== 'call.ended' || event.data.endReason === null) return;
    const { callId, endReason, costUsd } = event.data;
    if (counted.has(callId)) return;
    counted.add(callId);
    const [oldest] = counted;
    if (counted.size > KEPT_CALLS && oldest !== undefined) counted.delete(oldest);
    ended(endReason, costUsd);
  });
}
