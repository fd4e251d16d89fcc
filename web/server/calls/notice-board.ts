import type { CallNotice } from '@parley/contracts/call-notice';
import type { Health } from '@parley/contracts/http-api';
import type { CallId } from '@parley/contracts/ids';
import type { Clock } from '../runtime/clock.ts';

const KEPT_MS = 10 * 60_000;
const KEPT_COUNT = 20;

/** The notices of the last 10 minutes, at most 20, for whoever looks after the server. */
export interface NoticeBoard {
  pin(callId: CallId, notice: CallNotice): void;
  /** Newest first. */
  read(): Health['notices'];
}

export function createNoticeBoard({ clock }: { readonly clock: Clock }): NoticeBoard {
  let pinned: readonly { readonly callId: CallId; readonly notice: CallNotice; readonly atMs: number }[] = [];
  return {
    pin(callId, notice) {
      pinned = [{ callId, notice, atMs: clock.nowMs() }, ...pinned].slice(0, KEPT_COUNT);
    },
    read: () =>
      pinned
        .map(({ callId, notice, atMs }) => ({ callId, ...notice, ageMs: Math.round(clock.nowMs() - atMs) }))
        .filter(({ ageMs }) => ageMs <= KEPT_MS),
  };
}
