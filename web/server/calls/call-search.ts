import { type Expression, type SqlBool, sql } from 'kysely';
import type { Database } from '../database/database.ts';
import { IDS_PER_CALL } from '../database/tables.ts';
import { searchWords } from './search-words.ts';

/** Shortest word that is taken as the beginning of others too: shorter ones begin a good part of all words. */
const MIN_BEGINNING = 3;
/**
 * Turns up to which the calls of a search are gathered first, which takes 0.6 us a turn; a search that finds more is looked
 * up in the calls that are about to be listed.
 */
const MAX_GATHERED_TURNS = 20_000;
const IDS = sql.lit(IDS_PER_CALL);

/** Calls that lie so far apart that the index is read for this many others for each are looked through by their own words. */
const SPARSE_SPAN = 64;
const MAX_READ_CALLS = 1_000;

/** Words that were searched. */
export interface CallSearch {
  /** Folded, in order. */
  readonly words: readonly string[];
  /** In the language of the database. */
  readonly question: string;
  readonly isCommon: boolean;
}

/** Null where there is no word in it: nothing is found then. */
export async function openSearch({ db, dialect }: Database, q: string): Promise<CallSearch | null> {
  const words = searchWords(q);
  if (words.length === 0) return null;
  const question = questionOf(dialect, words);
  if (dialect === 'postgres') return { words, question, isCommon: false };
  const { rows } = await sql<{ turns: number }>`
    select count(*) as turns from (select 1 from turn_search where turn_search match ${question}
      limit ${sql.lit(MAX_GATHERED_TURNS + 1)})`.execute(db);
  return { words, question, isCommon: (rows[0]?.turns ?? 0) > MAX_GATHERED_TURNS };
}

/** All of the words, the last as the beginning of one. They are letters and digits: no sign of either language is in them. */
function questionOf(dialect: Database['dialect'], words: readonly string[]): string {
  const isBeginning = (words.at(-1) ?? '').length >= MIN_BEGINNING;
  if (dialect === 'sqlite') return `${words.map((word) => `"${word}"`).join(' ')}${isBeginning ? '*' : ''}`;
  return `${words.map((word) => `'${word}'`).join(' & ')}${isBeginning ? ':*' : ''}`;
}

/** Whether a word matches the last one of a search. */
export function isBegunBy(word: string, last: string): boolean {
  return word === last || (last.length >= MIN_BEGINNING && word.startsWith(last));
}

/** The condition that the words were said in one turn of a call. */
export function wasSaid({ dialect }: Database, search: CallSearch | null): Expression<SqlBool> {
  if (search === null) return sql<SqlBool>`1 = 0`;
  const { question } = search;
  return dialect === 'sqlite'
    ? sql<SqlBool>`number in (select rowid / ${IDS} from turn_search where turn_search match ${question})`
    : sql<SqlBool>`number in (select call_number from turns where search @@ to_tsquery('simple', ${question}))`;
}

/** Of those of the calls in which the words were said, the id of the first turn that has them. */
export async function firstTurns(
  database: Database,
  search: CallSearch,
  callNumbers: readonly number[],
): Promise<ReadonlyMap<number, number>> {
  if (callNumbers.length === 0) return new Map();
  if (database.dialect === 'postgres') return firstTurnsInPostgres(database, search, callNumbers);
  const first = Math.min(...callNumbers);
  const last = Math.max(...callNumbers);
  const isSparse = (last - first) / callNumbers.length > SPARSE_SPAN;
  return isSparse && callNumbers.length <= MAX_READ_CALLS
    ? firstTurnsByWords(database, search, callNumbers)
    : firstTurnsByIndex(database, search, { first, last, wanted: new Set(callNumbers) });
}

async function firstTurnsInPostgres(
  { db }: Database,
  { question }: CallSearch,
  callNumbers: readonly number[],
) {
  const { rows } = await sql<{ number: number; id: number }>`
    select call_number as number, min(id) as id from turns
    where call_number in (${sql.join([...callNumbers])}) and search @@ to_tsquery('simple', ${question})
    group by call_number`.execute(db);
  return new Map(rows.map(({ number, id }) => [number, id]));
}

/** One range of the index for all calls: to look a word up in it costs more than to read on. */
async function firstTurnsByIndex(
  { db }: Database,
  { question }: CallSearch,
  of: { readonly first: number; readonly last: number; readonly wanted: ReadonlySet<number> },
) {
  const { rows } = await sql<{ number: number; id: number }>`
    select rowid / ${IDS} as number, min(rowid) as id from turn_search
    where turn_search match ${question}
      and rowid >= ${sql.lit(of.first * IDS_PER_CALL)} and rowid < ${sql.lit((of.last + 1) * IDS_PER_CALL)}
    group by rowid / ${IDS}`.execute(db);
  return new Map(rows.flatMap(({ number, id }) => (of.wanted.has(number) ? [[number, id] as const] : [])));
}

async function firstTurnsByWords({ db }: Database, search: CallSearch, callNumbers: readonly number[]) {
  const rows = await db
    .selectFrom('turns')
    .select(['id', 'call_number', 'words'])
    .where('call_number', 'in', [...callNumbers])
    .orderBy('id', 'desc')
    .execute();
  return new Map(
    rows.flatMap((row) => (hasWords(row.words, search) ? [[row.call_number, row.id] as const] : [])),
  );
}

function hasWords(text: string, { words }: CallSearch): boolean {
  const said = text.split(' ');
  const last = words.at(-1) ?? '';
  return (
    words.slice(0, -1).every((word) => said.includes(word)) && said.some((word) => isBegunBy(word, last))
  );
}
