import { isAbbreviated } from './sentence-end.ts';
import { spokenLanguageOf } from './spoken/languages.ts';

/** A clause of one word sounds cut off: "Yes," waits for what follows. */
const FEWEST_CLAUSE_WORDS = 2;
/** Words that are given once they are overdue: a second of speech, in which more comes. */
const FEWEST_OVERDUE_WORDS = 3;
/** A clause that has not ended by then is cut: at 8 to 10 words. */
const LONGEST_CLAUSE_WORDS = 10;
/** How many of its last words it may be cut after. */
const CHOICE_WORDS = 3;
/** Not after a number: "May 3rd, 2026" is one. */
const CLAUSE_END = /(?<!\p{N}[^\s,;:]*)(?:[,;:]["'”’»)*_]*|\s[—–-])\s$/u;
/** Scripts that put no space after a clause; as many characters say what two words do. */
const WIDE_CLAUSE = /^[\s\S]{4,}[，；：、]$/u;

/**
 * Where the first clause of a reply ends, so that the voice begins before the first sentence is written: a place in
 * `text`, or 0 where it is too early. Asked whenever a space or a wide mark has come, with all that came before it.
 * `isOverdue`: the first words are to be given even in mid-clause.
 */
export function firstClauseEnd(text: string, language: string, isOverdue: boolean): number {
  if (isInsideBrackets(text)) return 0;
  if (WIDE_CLAUSE.test(text)) return text.length;
  const ends = wordEnds(text);
  if (CLAUSE_END.test(text) && ends.length >= FEWEST_CLAUSE_WORDS) return text.length;
  const maySplitAt = (end: number) => maySplit(text.slice(0, end), language);
  if (isOverdue) {
    return ends.slice(FEWEST_OVERDUE_WORDS - 1).findLast(maySplitAt) ?? 0;
  }
  if (ends.length < LONGEST_CLAUSE_WORDS) return 0;
  const nextWord = (end: number) => /^\s+(\S+)\s/u.exec(text.slice(end))?.[1] ?? '';
  const possible = ends
    .slice(-CHOICE_WORDS)
    .filter((end) => maySplitAt(end) && !/^\p{P}?\p{N}/u.test(nextWord(end)));
  const joints = spokenLanguageOf(language)?.joints;
  const beforeJoint = possible.findLast((end) => joints?.has(nextWord(end).toLowerCase()));
  return beforeJoint ?? possible.at(-1) ?? 0;
}

/** Where each word that is followed by a space ends, if it has a letter or a digit. */
function wordEnds(text: string): readonly number[] {
  return [...text.matchAll(/\S+(?=\s)/gu)]
    .filter(([word]) => /[\p{L}\p{N}]/u.test(word))
    .map((match) => match.index + match[0].length);
}

/** Not after a number, a symbol or an abbreviation, to which the next word may belong. */
function maySplit(before: string, language: string): boolean {
  const word = /\S+$/u.exec(before)?.[0] ?? '';
  if (/\p{N}/u.test(word) || !/\p{L}/u.test(word)) return false;
  if (word.endsWith('.')) return !isAbbreviated(before.slice(0, -1), language);
  return !(spokenLanguageOf(language)?.leans.has(word.toLowerCase()) ?? false);
}

function isInsideBrackets(text: string): boolean {
  if (text.lastIndexOf('[') > text.lastIndexOf(']') || text.lastIndexOf('(') > text.lastIndexOf(')'))
    return true;
  return (text.match(/`/g)?.length ?? 0) % 2 === 1;
}
