import type { CallDetail, CallSummary } from '@parley/contracts/call-record';
import type { CallList, CallListRequest } from '@parley/contracts/calls-api';
import type { CallId } from '@parley/contracts/ids';
import type { CallScope } from '../access/principal.ts';
import type { Database } from '../database/database.ts';
import { ApiError } from '../http/api-error.ts';
import { type CallsQuery, callsThatFit } from './call-filter.ts';
import { findMatches } from './call-match.ts';
import { type CallRow, summaryOfRow } from './call-row.ts';
import { type CallSearch, firstTurns, openSearch, wasSaid } from './call-search.ts';
import { tagsOf } from './call-tags.ts';
import { findCall } from './find-call.ts';

/** Calls that are looked through first for common words. */
const FIRST_LOOK_CALLS = 256;

/** A page of calls that fit, the newest first. Rejects with `ApiError` where the cursor is none of ours. */
export async function listCalls(
  database: Database,
  { limit, cursor, q, ...filter }: CallListRequest,
  scope: CallScope,
): Promise<CallList> {
  const after = cursor === undefined ? null : readCursor(cursor);
  const fitting = (from: Place | null) => placedAfter(callsThatFit(database, filter, scope), from);
  const search = q === undefined ? undefined : await openSearch(database, q);
  const rows =
    search?.isCommon === true
      ? await rowsWithCommonWords(database, search, { fitting, after, count: limit + 1 })
      : await newestFirst(fitting(after))
          .selectAll()
          .$if(search !== undefined, (query) => query.where(wasSaid(database, search ?? null)))
          .limit(limit + 1)
          .execute();
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const numbers = shown.map(({ number }) => number);
  const matches = q === undefined || !search ? null : await findMatches(database, numbers, { q, search });
  const summaries = await summariesOf(database, shown);
  return {
    calls: summaries.map((call, at) => ({ ...call, match: matches?.get(numbers[at] ?? 0) ?? null })),
    nextCursor: rows.length > limit && last !== undefined ? writeCursor(last) : null,
  };
}

/**
 * The newest of the calls in which common words were said: those that fit are looked through, more and more at a time, for
 * words that are common in old calls and rare in new ones.
 */
async function rowsWithCommonWords(
  database: Database,
  search: CallSearch,
  {
    fitting,
    after,
    count,
  }: {
    readonly fitting: (from: Place | null) => CallsQuery;
    readonly after: Place | null;
    readonly count: number;
  },
): Promise<CallRow[]> {
  const found: number[] = [];
  let from = after;
  for (let size = FIRST_LOOK_CALLS; found.length < count; size *= 2) {
    const places = await newestFirst(fitting(from)).select(['created_at_ms', 'number']).limit(size).execute();
    const turns = await firstTurns(
      database,
      search,
      places.map(({ number }) => number),
    );
    found.push(...places.flatMap(({ number }) => (turns.has(number) ? [number] : [])));
    from = places.at(-1) ?? null;
    if (places.length < size) break;
  }
  const numbers = found.slice(0, count);
  if (numbers.length === 0) return [];
  const calls = database.db.selectFrom('calls').selectAll().where('number', 'in', numbers);
  return calls.orderBy('created_at_ms', 'desc').orderBy('number', 'desc').execute();
}

/** Calls that are not over, the newest first. */
export async function runningSummaries(
  database: Database,
  scope: CallScope,
): Promise<readonly CallSummary[]> {
  const rows = await newestFirst(callsThatFit(database, {}, scope))
    .selectAll()
    .where('state', 'in', ['waiting', 'active'])
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

/** A call's place in the list. It stays right while calls are added and deleted. */
type Place = Pick<CallRow, 'created_at_ms' | 'number'>;

function newestFirst(query: CallsQuery): CallsQuery {
  return query.orderBy('created_at_ms', 'desc').orderBy('number', 'desc');
}

function placedAfter(query: CallsQuery, place: Place | null): CallsQuery {
  if (place === null) return query;
  return query.where((eb) =>
    eb(eb.refTuple('created_at_ms', 'number'), '<', eb.tuple(place.created_at_ms, place.number)),
  );
}

function writeCursor({ created_at_ms, number }: Place): string {
  return `${created_at_ms}.${number}`;
}

function readCursor(cursor: string): Place {
  const [, createdAtMs, number] = /^(\d{1,15})\.(\d{1,15})$/.exec(cursor) ?? [];
  if (createdAtMs !== undefined && number !== undefined)
    return { created_at_ms: Number(createdAtMs), number: Number(number) };
  throw new ApiError('invalid_field', 'cursor: is none of this server. Send nextCursor of the page before.', {
    field: 'cursor',
  });
}
