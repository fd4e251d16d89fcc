import type { ListedCall, LiveEvent } from '@parley/contracts/calls-api';
import { describe, expect, it } from 'vitest';
import { everyCall } from './call-choice.ts';
import { type Rows, takeNews } from './listed-calls.ts';
import { listedCall } from './testing/listed-call.ts';

const older = listedCall({ callId: 'RM_older', createdAtMs: 1_000 });
const newer = listedCall({ callId: 'RM_newer', createdAtMs: 3_000, state: 'active', endReason: null });
const rows: Rows = { calls: [newer, older], choice: everyCall, hasMore: false };
const ids = (calls: readonly ListedCall[]) => calls.map(({ callId }) => callId);
const changed = (call: ListedCall): LiveEvent => ({ type: 'call.changed', data: call });

describe('the rows, as news come', () => {
  it('have a call that began in its place, the newest first', () => {
    const begun = listedCall({ callId: 'RM_begun', createdAtMs: 2_000, state: 'active', endReason: null });
    const { calls } = takeNews(rows, { type: 'call.started', data: begun });
    expect(ids(calls)).toEqual(['RM_newer', 'RM_begun', 'RM_older']);
  });

  it('leave a call for the page that it is on, where it is older than the last row', () => {
    const oldest = listedCall({ callId: 'RM_oldest', createdAtMs: 500 });
    expect(takeNews({ ...rows, hasMore: true }, changed(oldest)).calls).toBe(rows.calls);
    expect(ids(takeNews(rows, changed(oldest)).calls)).toEqual(['RM_newer', 'RM_older', 'RM_oldest']);
  });

  it('take a change into the row that is there, with the words that were found in it', () => {
    const match = { role: 'caller', atMs: 0, text: 'tickets', hits: [] } as const;
    const found = { ...rows, calls: [{ ...newer, match: { ...match, hits: [] } }] };
    const [row] = takeNews(found, {
      type: 'call.ended',
      data: { ...newer, state: 'ended', turnCount: 9 },
    }).calls;
    expect(row).toMatchObject({ state: 'ended', turnCount: 9, match: { text: 'tickets' } });
  });

  it('never let a call that ended go on again', () => {
    expect(takeNews(rows, changed({ ...older, state: 'active' })).calls).toBe(rows.calls);
  });

  it('let go of a call that no longer fits, and take none that never did', () => {
    const running: Rows = { ...rows, choice: { ...everyCall, state: 'active' }, calls: [newer] };
    const ended: LiveEvent = { type: 'call.ended', data: { ...newer, state: 'ended' } };
    expect(takeNews(running, ended).calls).toEqual([]);
    expect(takeNews(running, changed(older)).calls).toBe(running.calls);
  });

  it('take no call that may not hold the words that are searched', () => {
    const searched: Rows = { ...rows, choice: { ...everyCall, q: 'tickets' }, calls: [] };
    expect(takeNews(searched, { type: 'call.started', data: newer }).calls).toEqual([]);
  });

  it('lose a call that was deleted', () => {
    const deleted: LiveEvent = { type: 'call.deleted', data: { callId: older.callId } };
    expect(ids(takeNews(rows, deleted).calls)).toEqual(['RM_newer']);
  });

  it('are to be asked for anew where a call ended unseen', () => {
    expect(takeNews(rows, { type: 'snapshot', data: { calls: [newer] } }).isStale).toBe(false);
    expect(takeNews(rows, { type: 'snapshot', data: { calls: [] } }).isStale).toBe(true);
  });
});
