import type { RecordedTurn } from '@parley/contracts/call-record';
import type { CallMatch } from '@parley/contracts/calls-api';
import { sql } from 'kysely';
import type { Database } from '../database/database.ts';
import { IDS_PER_CALL } from '../database/tables.ts';
import { searchQuestion } from './call-filter.ts';
import { searchWords, UNSPACED_LETTER } from './search-words.ts';

/** Longest text of a match, in UTF-16 code units, and how much of it stands before the first word found. */
const MAX_TEXT_LENGTH = 200;
const LENGTH_BEFORE = 60;
/** A word, or a character of a script without spaces, as the index has them. */
const TOKEN = new RegExp(`${UNSPACED_LETTER}|(?:(?!${UNSPACED_LETTER})[\\p{L}\\p{M}\\p{N}])+`, 'gu');

/** Of each of these calls, the first turn in which the words of a search were said. */
export async function findMatches(
  database: Database,
  callNumbers: readonly number[],
  q: string,
): Promise<ReadonlyMap<number, CallMatch>> {
  const question = searchQuestion(database.dialect, q);
  const matches = new Map<number, CallMatch>();
  if (question === null) return matches;
  for (const number of callNumbers) {
    const turn = await firstTurn(database, number, question);
    if (turn !== null) matches.set(number, matchIn(turn, q));
  }
  return matches;
}

async function firstTurn(
  { db, dialect }: Database,
  number: number,
  question: string,
): Promise<RecordedTurn | null> {
  const firstId = number * IDS_PER_CALL;
  const found =
    dialect === 'sqlite'
      ? sql<{ turn_json: string }>`
          select turn_json from turns where id = (select min(rowid) from turn_search
            where turn_search match ${question} and rowid >= ${firstId} and rowid < ${firstId + IDS_PER_CALL})`
      : sql<{ turn_json: string }>`
          select turn_json from turns where id >= ${firstId} and id < ${firstId + IDS_PER_CALL}
            and search @@ to_tsquery('simple', ${question}) order by id limit 1`;
  const [row] = (await found.execute(db)).rows;
  return row === undefined ? null : JSON.parse(row.turn_json);
}

/** What of a turn is shown of a search, with the words that were found. */
export function matchIn(turn: Pick<RecordedTurn, 'role' | 'text' | 'startedAtMs'>, q: string): CallMatch {
  const { role, text, startedAtMs: atMs } = turn;
  const wanted = searchWords(q);
  const last = wanted.at(-1) ?? '';
  const isHit = (token: string) =>
    searchWords(token).some((word) => wanted.includes(word) || (last !== '' && word.startsWith(last)));
  const hits = [...text.matchAll(TOKEN)]
    .filter(([token]) => isHit(token))
    .map(({ 0: token, index }) => ({ start: index, end: index + token.length }));
  const from = wordStart(text, Math.max(0, (hits[0]?.start ?? 0) - LENGTH_BEFORE));
  const shown = text.slice(from, from + MAX_TEXT_LENGTH).replace(/[\uD800-\uDBFF]$/, '');
  return {
    role,
    atMs,
    text: shown,
    hits: hits
      .map(({ start, end }) => ({ start: start - from, end: end - from }))
      .filter(({ end }) => end <= shown.length),
  };
}

/** The nearest beginning of a word from `at` on, so that the text begins with none that is cut. */
function wordStart(text: string, at: number): number {
  if (at === 0) return 0;
  const space = text.indexOf(' ', at);
  const start = space === -1 || space - at > LENGTH_BEFORE / 2 ? at : space + 1;
  const isHalfACharacter = /[\uDC00-\uDFFF]/.test(text[start] ?? '');
  return isHalfACharacter ? start + 1 : start;
}
