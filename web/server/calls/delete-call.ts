import type { CallId } from '@parley/contracts/ids';
import { sql } from 'kysely';
import type { Database } from '../database/database.ts';
import type { LiveFeed } from '../live/live-feed.ts';
import type { CallFiles } from '../recordings/call-files.ts';
import type { CallRecorder } from './call-recorder.ts';

/** Deletes calls with all that is stored of them. */
export interface CallEraser {
  /**
   * Deletes calls that are over: rows, journals, sound and pictures of it, and what waits to be told of them. Copies that
   * were not shipped yet go too, as their shipment is answered with `deleted`. It may be repeated where it failed.
   */
  erase(calls: readonly { readonly callId: CallId; readonly ownerKeyId: string | null }[]): Promise<void>;
}

export function createCallEraser(deps: {
  readonly database: () => Database;
  readonly files: CallFiles;
  readonly recorder: Pick<CallRecorder, 'forget'>;
  readonly live: Pick<LiveFeed, 'callDeleted'>;
  readonly nowEpochMs: () => number;
}): CallEraser {
  return {
    async erase(calls) {
      if (calls.length === 0) return;
      const { db, dialect } = deps.database();
      const callIds = calls.map(({ callId }) => callId);
      // The tombstones come first: from then on nothing of the calls is taken in, whatever becomes of this process.
      const tombstones = callIds.map((callId) => ({ call_id: callId, deleted_at_ms: deps.nowEpochMs() }));
      await db
        .insertInto('tombstones')
        .values(tombstones)
        .onConflict((conflict) => conflict.column('call_id').doNothing())
        .execute();
      await deps.files.remove(new Set(callIds));
      await db.transaction().execute(async (trx) => {
        // The calls go first: whoever is noting a delivery holds its call's row, and the delivery is there to go after it.
        for (const table of ['calls', 'webhook_deliveries', 'seats'] as const)
          await trx.deleteFrom(table).where('call_id', 'in', callIds).execute();
      });
      // What was deleted stands in the write-ahead log until it is written back.
      if (dialect === 'sqlite') await sql`pragma wal_checkpoint(truncate)`.execute(db);
      for (const { callId, ownerKeyId } of calls) {
        deps.recorder.forget(callId);
        deps.live.callDeleted(callId, ownerKeyId);
      }
    },
  };
}
