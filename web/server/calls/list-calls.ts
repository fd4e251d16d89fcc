import type { RecordedTurn } from '@parley/contracts/call-record';
import type { CallList, CallListRequest, CallMatch } from '@parley/contracts/calls-api';
import { sql } from 'kysely';
import type { CallScope } from '../access/principal.ts';
import type { Database } from '../database/database.ts';
import { IDS_PER_CALL } from '../database/tables.ts';
import { ApiError } from '../http/api-error.ts';
import { searchQuestion, whereCalls } from './call-filter.ts';
import { matchIn } from './call-match.ts';
import { type CallRow, summaryOfRow } from './call-row.ts';
import { tagsOf } from './call-tags.ts';
import { searchWords } from './search-words.ts';

/** Turns that a search looks at first; each further look is at twice as many, as the calls of few of them fit the rest. */
const FIRST_LOOK = 400;
const LARGEST_LOOK = 12_800;

/**
 * A page of the calls that fit, the newest first: by the time of their creation, and where words are searched by the
 * order in which they became known here, which differs only for calls that were told late.
 */
export async function listCalls(
  database: Database,
  request: CallListRequest,
  scope: CallScope,
): Promise<CallList> {
  const { limit, cursor, q, ...filter } = request;
  const after = cursor === undefined ? null : readCursor(cursor);
  const question = q === undefined ? undefined : searchQuestion(database.dialect, q);
  // One more than asked for, to know whether another page follows.
  const rows =
    question === undefined
      ? await newestCalls(database, filter, scope, { limit: limit + 1, after })
      : await callsWithWords(database, filter, scope, { limit: limit + 1, after, question });
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const tags = await tagsOf(
    database.db,
    page.map(({ number }) => number),
  );
  const words = q === undefined ? [] : searchWords(q);
  const calls: CallList['calls'] = [];
  for (const row of page) {
    const match = question == null ? null : await firstMatch(database, row.number, question, words);
    calls.push({ ...summaryOfRow(row, tags.get(row.number) ?? []), match });
  }
  return { calls, nextCursor: rows.length > limit && last !== undefined ? writeCursor(last) : null };
}

type Filter = Parameters<typeof whereCalls>[1];
interface Page {
  readonly limit: number;
  readonly after: Cursor | null;
}

async function newestCalls(
  database: Database,
  filter: Filter,
  scope: CallScope,
  { limit, after }: Page,
): Promise<readonly CallRow[]> {
  const { createdAtMs, number } = after ?? { createdAtMs: 0, number: 0 };
  return whereCalls(database, filter, scope)
    .$if(after !== null, (calls) =>
      calls.where(sql<boolean>`(created_at_ms, number) < (${sql.lit(createdAtMs)}, ${sql.lit(number)})`),
    )
    .selectAll()
    .orderBy('created_at_ms', 'desc')
    .orderBy('number', 'desc')
    .limit(limit)
    .execute();
}

/**
 * Turns with the words are read backwards by their ids, which are in the order of calls, until the page is full: a word
 * that is said in every call costs no more than a rare one.
 */
async function callsWithWords(
  database: Database,
  filter: Filter,
  scope: CallScope,
  page: Page & { readonly question: string | null },
): Promise<readonly CallRow[]> {
  const { limit, after, question } = page;
  if (question === null) return [];
  const found: CallRow[] = [];
  let belowId = after === null ? Number.MAX_SAFE_INTEGER : after.number * IDS_PER_CALL;
  for (let look = FIRST_LOOK; ; look = Math.min(2 * look, LARGEST_LOOK)) {
    const ids = await turnsWithWords(database, question, { fromId: 0, belowId, limit: look, order: 'desc' });
    const numbers = [...new Set(ids.map((id) => Math.floor(id / IDS_PER_CALL)))];
    const rows =
      numbers.length === 0
        ? []
        : await whereCalls(database, filter, scope)
            .where('number', 'in', numbers)
            .selectAll()
            .orderBy('number', 'desc')
            .limit(limit - found.length)
            .execute();
    found.push(...rows);
    if (found.length >= limit || ids.length < look) return found;
    belowId = (numbers.at(-1) ?? 0) * IDS_PER_CALL;
  }
}

/** Ids of the turns in which the words are, between two ids. */
async function turnsWithWords(
  { db, dialect }: Database,
  question: string,
  range: {
    readonly fromId: number;
    readonly belowId: number;
    readonly limit: number;
    readonly order: 'asc' | 'desc';
  },
): Promise<readonly number[]> {
  const { fromId, belowId, limit, order } = range;
  const part = sql`order by id ${sql.raw(order)} limit ${sql.lit(limit)}`;
  const { rows } =
    dialect === 'sqlite'
      ? await sql<{ id: number }>`select rowid as id from turn_search
          where turn_search match ${question} and rowid >= ${fromId} and rowid < ${belowId} ${part}`.execute(
          db,
        )
      : await sql<{ id: number }>`select id from turns
          where search @@ to_tsquery('simple', ${question}) and id >= ${fromId} and id < ${belowId} ${part}`.execute(
          db,
        );
  return rows.map(({ id }) => id);
}

/** The first turn of a call in which the words are; null where it was changed since it was found. */
async function firstMatch(
  database: Database,
  callNumber: number,
  question: string,
  words: readonly string[],
): Promise<CallMatch | null> {
  const fromId = callNumber * IDS_PER_CALL;
  const range = { fromId, belowId: fromId + IDS_PER_CALL, limit: 1, order: 'asc' } as const;
  const [id] = await turnsWithWords(database, question, range);
  if (id === undefined) return null;
  const row = await database.db
    .selectFrom('turns')
    .select('turn_json')
    .where('id', '=', id)
    .executeTakeFirst();
  if (row === undefined) return null;
  const turn: RecordedTurn = JSON.parse(row.turn_json);
  return { role: turn.role, atMs: turn.startedAtMs, ...matchIn(turn.text, words) };
}

/** Where a page ended. */
interface Cursor {
  readonly createdAtMs: number;
  readonly number: number;
}

function writeCursor({ created_at_ms, number }: CallRow): string {
  return `${created_at_ms.toString(36)}-${number.toString(36)}`;
}

function readCursor(text: string): Cursor {
  const [, createdAt = '', number = ''] = /^([0-9a-z]{1,10})-([0-9a-z]{1,10})$/.exec(text) ?? [];
  const cursor = { createdAtMs: Number.parseInt(createdAt, 36), number: Number.parseInt(number, 36) };
  if (Number.isSafeInteger(cursor.createdAtMs) && Number.isSafeInteger(cursor.number)) return cursor;
  throw new ApiError('invalid_field', 'cursor: take the nextCursor of the page before as it is.', {
    field: 'cursor',
  });
}
