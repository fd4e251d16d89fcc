import type { CallId } from '@parley/contracts/ids';
import type { CallScope } from '../access/principal.ts';
import type { Database } from '../database/database.ts';
import type { CallsTable } from '../database/tables.ts';

/** What a request for one call has to know of it first. */
export interface FoundCall {
  readonly number: number;
  readonly callId: CallId;
  readonly state: CallsTable['state'];
  readonly roomName: string;
  readonly createdAtMs: number;
  readonly recording: CallsTable['recording'];
  readonly recordingPath: string | null;
  readonly ownerKeyId: string | null;
}

/** Null where there is no such call, and where it is none of those that may be known of. */
export async function findCall(
  { db }: Database,
  callId: CallId,
  scope: CallScope,
): Promise<FoundCall | null> {
  const named = db
    .selectFrom('calls')
    .select(['number', 'call_id', 'state', 'room_name', 'created_at_ms'])
    .select(['recording', 'recording_path', 'owner_key_id'])
    .where('call_id', '=', callId);
  const allowed = scope.kind === 'every' ? named : named.where('owner_key_id', '=', scope.keyId);
  const row = await allowed.executeTakeFirst();
  if (row === undefined) return null;
  return {
    number: row.number,
    callId,
    state: row.state,
    roomName: row.room_name,
    createdAtMs: row.created_at_ms,
    recording: row.recording,
    recordingPath: row.recording_path,
    ownerKeyId: row.owner_key_id,
  };
}
