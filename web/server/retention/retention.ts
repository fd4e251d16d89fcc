import { type CallId, callIdSchema } from '@parley/contracts/ids';
import type { Logger } from 'pino';
import type { CallEraser } from '../calls/delete-call.ts';
import type { Database } from '../database/database.ts';
import { isDatabaseAway } from '../database/is-away.ts';
import type { CallFiles } from '../recordings/call-files.ts';
import type { Clock } from '../runtime/clock.ts';

/** Deletes what is to be kept no longer, again and again. */
export interface Retention {
  /** Resolves when nothing is under way any more. */
  close(): Promise<void>;
}

/** How often it is looked for, in ms. */
export const SWEEP_EVERY_MS = 10 * 60_000;
/** Calls that are deleted in one go. Others have the database and the disk between two of them. */
const ERASED_AT_ONCE = 100;
/** How long after a call was deleted its files are looked for, in ms: an agent may have been writing one of them. */
const LATE_FILES_MS = 24 * 60 * 60_000;
const DAY_MS = 24 * 60 * 60_000;

export interface RetentionDeps {
  readonly database: () => Database;
  readonly eraser: CallEraser;
  readonly files: CallFiles;
  /** Days after its end until a call is deleted; null: none is. */
  readonly retentionDays: number | null;
  readonly nowEpochMs: () => number;
  readonly log: Logger;
}

export function startRetention({ clock, ...deps }: RetentionDeps & { readonly clock: Clock }): Retention {
  const { log } = deps;
  const ending = new AbortController();
  let cancelNext = () => {};
  let running = Promise.resolve();

  const sweepAgainAndAgain = async () => {
    try {
      await sweepCalls(deps, { signal: ending.signal });
    } catch (error) {
      if (isDatabaseAway(error)) log.debug({ err: error }, 'old calls are deleted once the database answers');
      else log.error({ err: error }, 'old calls could not be deleted; trying again in 10 minutes');
    }
    if (!ending.signal.aborted) cancelNext = clock.at(clock.nowMs() + SWEEP_EVERY_MS, startSweep);
  };
  const startSweep = () => {
    running = sweepAgainAndAgain();
  };
  startSweep();

  return {
    async close() {
      ending.abort();
      cancelNext();
      await running;
    },
  };
}

/** Brings deletions to their end that were begun, and deletes what was kept for its days. An abort ends it between two calls. */
export async function sweepCalls(
  deps: RetentionDeps,
  { signal }: { readonly signal: AbortSignal },
): Promise<void> {
  await finishDeletions(deps);
  if (deps.retentionDays !== null) await eraseOld(deps, deps.retentionDays, signal);
}

async function eraseOld(
  { database, eraser, files, nowEpochMs, log }: RetentionDeps,
  days: number,
  signal: AbortSignal,
): Promise<void> {
  const limitMs = nowEpochMs() - days * DAY_MS;
  let erased = 0;
  for (let isMore = true; isMore && !signal.aborted; ) {
    const old = await callsEndedBefore(database(), limitMs);
    await eraser.erase(old);
    erased += old.length;
    isMore = old.length === ERASED_AT_ONCE;
  }
  if (erased > 0) log.info({ calls: erased, days }, 'calls were deleted: they were kept for their time');
  // Of these nothing but files is known: their agents never reached the server.
  const left = await unknownCalls(database(), await files.callsBefore(limitMs));
  if (left.size > 0) await files.remove(left);
}

/** A server that ended in the middle of it left rows, and an agent that wrote on left files. */
async function finishDeletions(deps: RetentionDeps): Promise<void> {
  const { db } = deps.database();
  const left = await db
    .selectFrom('calls')
    .innerJoin('tombstones', 'tombstones.call_id', 'calls.call_id')
    .select(['calls.call_id', 'calls.owner_key_id'])
    .execute();
  await deps.eraser.erase(left.map(readErasable));
  const recent = await db
    .selectFrom('tombstones')
    .select('call_id')
    .where('deleted_at_ms', '>', deps.nowEpochMs() - LATE_FILES_MS)
    .execute();
  if (recent.length > 0)
    await deps.files.remove(new Set(recent.map(({ call_id }) => callIdSchema.parse(call_id))));
}

async function callsEndedBefore({ db }: Database, limitMs: number) {
  const rows = await db
    .selectFrom('calls')
    .select(['call_id', 'owner_key_id'])
    .where('state', '=', 'ended')
    .where('ended_at_ms', '<', limitMs)
    // It began before: said too, as that is what the index is in order of.
    .where('created_at_ms', '<', limitMs)
    .orderBy('created_at_ms')
    .limit(ERASED_AT_ONCE)
    .execute();
  return rows.map(readErasable);
}

function readErasable(row: { readonly call_id: string; readonly owner_key_id: string | null }) {
  return { callId: callIdSchema.parse(row.call_id), ownerKeyId: row.owner_key_id };
}

async function unknownCalls({ db }: Database, found: ReadonlySet<string>): Promise<ReadonlySet<CallId>> {
  const unknown = new Set<CallId>();
  const asked = [...found];
  for (let from = 0; from < asked.length; from += ERASED_AT_ONCE) {
    const some = asked.slice(from, from + ERASED_AT_ONCE);
    const rows = await db.selectFrom('calls').select('call_id').where('call_id', 'in', some).execute();
    const known = new Set(rows.map(({ call_id }) => call_id));
    for (const name of some) if (!known.has(name)) unknown.add(callIdSchema.parse(name));
  }
  return unknown;
}
