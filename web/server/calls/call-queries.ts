import type { CallDetail, CallSummary } from '@parley/contracts/call-record';
import type { CallList, CallListRequest } from '@parley/contracts/calls-api';
import type { CallId } from '@parley/contracts/ids';
import type { CallScope } from '../access/principal.ts';
import type { Database } from '../database/database.ts';
import { ApiError } from '../http/api-error.ts';
import { callsThatFit } from './call-filter.ts';
import { findMatches } from './call-match.ts';
import { type CallRow, summaryOfRow } from './call-row.ts';
import { tagsOf } from './call-tags.ts';
import { findCall } from './find-call.ts';

/** A page of calls that fit, the newest first. Rejects with `ApiError` where the cursor is none of ours. */
export async function listCalls(
  database: Database,
  { limit, cursor, ...filter }: CallListRequest,
  scope: CallScope,
): Promise<CallList> {
  const after = cursor === undefined ? null : readCursor(cursor);
  const calls = await callsThatFit(database, filter, scope);
  const rows = await calls()
    .selectAll()
    .$if(after !== null, (query) =>
      query.where((eb) =>
        eb(
          eb.refTuple('created_at_ms', 'number'),
          '<',
          eb.tuple(after?.createdAtMs ?? 0, after?.number ?? 0),
        ),
      ),
    )
    .orderBy('created_at_ms', 'desc')
    .orderBy('number', 'desc')
    .limit(limit + 1)
    .execute();
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const numbers = shown.map(({ number }) => number);
  const matches = filter.q === undefined ? null : await findMatches(database, numbers, filter.q);
  const summaries = await summariesOf(database, shown);
  return {
    calls: summaries.map((call, at) => ({ ...call, match: matches?.get(numbers[at] ?? 0) ?? null })),
    nextCursor: rows.length > limit && last !== undefined ? writeCursor(last) : null,
  };
}

/** Calls that are not over, the newest first. */
export async function runningSummaries(
  database: Database,
  scope: CallScope,
): Promise<readonly CallSummary[]> {
  const calls = await callsThatFit(database, {}, scope);
  const rows = await calls()
    .selectAll()
    .where('state', 'in', ['waiting', 'active'])
    .orderBy('created_at_ms', 'desc')
    .orderBy('number', 'desc')
    .execute();
  return summariesOf(database, rows);
}

/** One call with everything that is known of it; null where there is none that may be known of. */
export async function callDetail(
  database: Database,
  callId: CallId,
  scope: CallScope,
): Promise<CallDetail | null> {
  const { db } = database;
  const found = await findCall(database, callId, scope);
  if (found === null) return null;
  const { number } = found;
  const row = await db.selectFrom('calls').selectAll().where('number', '=', number).executeTakeFirst();
  if (row === undefined) return null;
  const [summary] = await summariesOf(database, [row]);
  if (summary === undefined) return null;
  const turns = await db
    .selectFrom('turns')
    .select('turn_json as json')
    .where('call_number', '=', number)
    .orderBy('id')
    .execute();
  const toolCalls = await db
    .selectFrom('tool_calls')
    .select('tool_call_json as json')
    .where('call_number', '=', number)
    .orderBy('position')
    .execute();
  const moments = await db
    .selectFrom('moments')
    .select('moment_json as json')
    .where('call_number', '=', number)
    .orderBy('position')
    .execute();
  return {
    ...summary,
    turns: turns.map(({ json }) => JSON.parse(json)),
    toolCalls: toolCalls.map(({ json }) => JSON.parse(json)),
    moments: moments.map(({ json }) => JSON.parse(json)),
  };
}

async function summariesOf(database: Database, rows: readonly CallRow[]): Promise<CallSummary[]> {
  const tags = await tagsOf(
    database.db,
    rows.map(({ number }) => number),
  );
  return rows.map((row) => summaryOfRow(row, tags.get(row.number) ?? []));
}

/** Where a page ended. It stays right while calls are added and deleted. */
function writeCursor({ created_at_ms, number }: CallRow): string {
  return `${created_at_ms}.${number}`;
}

function readCursor(cursor: string): { readonly createdAtMs: number; readonly number: number } {
  const [, createdAtMs, number] = /^(\d{1,15})\.(\d{1,15})$/.exec(cursor) ?? [];
  if (createdAtMs !== undefined && number !== undefined)
    return { createdAtMs: Number(createdAtMs), number: Number(number) };
  throw new ApiError('invalid_field', 'cursor: is none of this server. Send nextCursor of the page before.', {
    field: 'cursor',
  });
}
