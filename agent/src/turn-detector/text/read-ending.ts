import type { OpenEndings } from './open-endings.ts';

/** How a text ends. */
export type Ending =
  /** Nothing was said. */
  | 'empty'
  /** Something must follow: "I would like to". */
  | 'open'
  /** A number that is being read out: more digits may follow. */
  | 'number'
  /** Nothing speaks against the end: "I am done". */
  | 'complete'
  /** The recogniser wrote an end: "I am done." */
  | 'closed';

/** Digits that make a whole telephone number, after which none is awaited. */
const WHOLE_NUMBER_DIGITS = 10;

/** Reads the end of what a recogniser wrote, with punctuation or without. */
export function readEnding(text: string, endings: OpenEndings): Ending {
  const written = text.trim().toLowerCase();
  if (/(\.{2,}|[…,;:–—-])["')\]]*$/u.test(written)) return 'open';
  const isClosed = /[.!?]["')\]]*$/u.test(written);
  const isQuestion = /\?["')\]]*$/u.test(written);
  const words = written.replaceAll('’', "'").match(/[\p{L}\p{N}']+/gu) ?? [];
  const last = words.at(-1);
  if (last === undefined) return 'empty';
  if (endings.fillers.has(last)) return words.length === 1 && isClosed ? 'closed' : 'open';
  if (endsInDigits(words, endings)) return 'number';
  if (isQuestion) return 'closed';
  const has = (list: ReadonlySet<string>) => words.some((word) => list.has(word));
  const wantsMore =
    endings.joining.has(last) ||
    (endings.auxiliaries.has(last) && !has(endings.answers)) ||
    (endings.prepositions.has(last) && !has(endings.questionWords));
  if (wantsMore) return 'open';
  return isClosed ? 'closed' : 'complete';
}

/** Two or more groups of digits in a row, together fewer than a telephone number has. */
function endsInDigits(words: readonly string[], endings: OpenEndings): boolean {
  let groups = 0;
  let digits = 0;
  for (const word of words.toReversed()) {
    const isFigure = /^\d+$/.test(word);
    if (!isFigure && !endings.digits.has(word)) break;
    groups += 1;
    digits += isFigure ? word.length : 1;
  }
  return groups > 1 && digits < WHOLE_NUMBER_DIGITS;
}
