import type { CallMatch } from '@parley/contracts/calls-api';
import { searchWords } from './search-words.ts';

/** Most characters of a turn that are shown with a match, and how many of them stand before the first word found. */
const SHOWN = 200;
const SHOWN_BEFORE = 40;

/** What of a turn's text is shown where these words were found in it; of the last the beginning is enough. */
export function matchIn(text: string, words: readonly string[]): Pick<CallMatch, 'text' | 'hits'> {
  const last = words.at(-1) ?? '';
  const isHit = (word: string) => words.includes(word) || (last !== '' && word.startsWith(last));
  // Pieces of letters, digits and their marks: what `searchWords` takes words from.
  const hits = [...text.matchAll(/[\p{L}\p{N}\p{M}]+/gu)].flatMap(({ 0: piece, index }) =>
    searchWords(piece).some(isHit) ? [{ start: index, end: index + piece.length }] : [],
  );
  const first = hits[0]?.start ?? 0;
  const from = first <= SHOWN_BEFORE ? 0 : wholeFrom(text, first - SHOWN_BEFORE);
  const shown = text.slice(from, from + SHOWN);
  return {
    text: shown,
    hits: hits
      .map(({ start, end }) => ({ start: start - from, end: Math.min(end - from, shown.length) }))
      .filter(({ start, end }) => start < end),
  };
}

/** The next beginning of a word at or after a place, so that none is cut. */
function wholeFrom(text: string, at: number): number {
  const space = text.slice(at).search(/\s/);
  return space === -1 || space > SHOWN_BEFORE ? at : at + space + 1;
}
