import type { CallDetail } from '@parley/contracts/call-record';
import type { CallId } from '@parley/contracts/ids';
import type { CallScope } from '../access/principal.ts';
import type { Database } from '../database/database.ts';
import { summaryOfRow } from './call-row.ts';
import { tagsOf } from './call-tags.ts';
import { findCall } from './find-call.ts';

/** One call whole. Null where there is no such call, and where it is none of those that may be known of. */
export async function callDetail(
  database: Database,
  callId: CallId,
  scope: CallScope,
): Promise<CallDetail | null> {
  const found = await findCall(database, callId, scope);
  if (found === null) return null;
  const { db } = database;
  const { number } = found;
  const row = await db.selectFrom('calls').selectAll().where('number', '=', number).executeTakeFirst();
  if (row === undefined) return null;
  const turns = await db
    .selectFrom('turns')
    .select('turn_json')
    .where('call_number', '=', number)
    .orderBy('id')
    .execute();
  const toolCalls = await db
    .selectFrom('tool_calls')
    .select('tool_call_json')
    .where('call_number', '=', number)
    .orderBy('position')
    .execute();
  const moments = await db
    .selectFrom('moments')
    .select('moment_json')
    .where('call_number', '=', number)
    .orderBy('position')
    .execute();
  const tags = await tagsOf(db, [number]);
  return {
    ...summaryOfRow(row, tags.get(number) ?? []),
    turns: turns.map(({ turn_json }) => JSON.parse(turn_json)),
    toolCalls: toolCalls.map(({ tool_call_json }) => JSON.parse(tool_call_json)),
    moments: moments.map(({ moment_json }) => JSON.parse(moment_json)),
  };
}
