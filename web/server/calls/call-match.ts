import type { RecordedTurn } from '@parley/contracts/call-record';
import type { CallMatch } from '@parley/contracts/calls-api';
import type { Database } from '../database/database.ts';
import { type CallSearch, firstTurns, isBegunBy } from './call-search.ts';
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
  { q, search }: { readonly q: string; readonly search: CallSearch },
): Promise<ReadonlyMap<number, CallMatch>> {
  const ids = await firstTurns(database, search, callNumbers);
  if (ids.size === 0) return new Map();
  const rows = await database.db
    .selectFrom('turns')
    .select(['call_number', 'turn_json'])
    .where('id', 'in', [...ids.values()])
    .execute();
  return new Map(rows.map((row) => [row.call_number, matchIn(JSON.parse(row.turn_json), q)]));
}

/** What of a turn is shown of a search, with the words that were found. */
export function matchIn(turn: Pick<RecordedTurn, 'role' | 'text' | 'startedAtMs'>, q: string): CallMatch {
  const { role, text, startedAtMs: atMs } = turn;
  const wanted = searchWords(q);
  const isHit = (token: string) =>
    searchWords(token).some((word) => wanted.includes(word) || isBegunBy(word, wanted.at(-1) ?? word));
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
