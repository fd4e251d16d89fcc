import type { CallSummary } from '@parley/contracts/call-record';
import type { ListedCall, LiveEvent } from '@parley/contracts/calls-api';
import { type CallChoice, fits } from './call-choice.ts';

/** The rows that are shown, and which calls they are to be. */
export interface Rows {
  readonly calls: readonly ListedCall[];
  readonly choice: CallChoice;
  /** Older calls than the last row are not loaded yet. */
  readonly hasMore: boolean;
}

/**
 * Takes the server's news into the rows: the newest call first. `isStale`: something happened that the news do not
 * tell, so that the list is to be asked for anew.
 */
export function takeNews(
  rows: Rows,
  event: LiveEvent,
): { readonly calls: readonly ListedCall[]; readonly isStale: boolean } {
  switch (event.type) {
    case 'snapshot': {
      const running = event.data.calls;
      const calls = running.reduce((taken, call) => put({ ...rows, calls: taken }, call), rows.calls);
      const ids = new Set(running.map(({ callId }) => callId));
      return { calls, isStale: calls.some(({ state, callId }) => state !== 'ended' && !ids.has(callId)) };
    }
    case 'call.started':
    case 'call.changed':
    case 'call.ended':
      return { calls: put(rows, event.data), isStale: false };
    case 'call.deleted': {
      const { callId } = event.data;
      const isShown = rows.calls.some((call) => call.callId === callId);
      const calls = isShown ? rows.calls.filter((call) => call.callId !== callId) : rows.calls;
      return { calls, isStale: false };
    }
    case 'turn':
      return { calls: rows.calls, isStale: false };
  }
}

function put({ calls, choice, hasMore }: Rows, call: CallSummary): readonly ListedCall[] {
  const known = calls.find(({ callId }) => callId === call.callId);
  // News that were on their way while the list was asked for may be older than the list.
  if (known?.state === 'ended' && call.state !== 'ended') return calls;
  const belongs = fits(call, choice);
  if (known) {
    return belongs === false
      ? calls.filter((one) => one !== known)
      : calls.map((one) => (one === known ? { ...call, match: known.match } : one));
  }
  if (belongs !== true) return calls;
  const next = calls.findIndex(({ createdAtMs }) => createdAtMs <= call.createdAtMs);
  if (next < 0 && hasMore) return calls;
  const place = next < 0 ? calls.length : next;
  return [...calls.slice(0, place), { ...call, match: null }, ...calls.slice(place)];
}
