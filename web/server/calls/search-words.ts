/** What of one turn can be searched, in characters. */
const MAX_SEARCHED = 50_000;

/** A character of a script that is written without spaces, as a part of a regular expression. */
export const UNSPACED_LETTER =
  '[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}]';
const EACH_UNSPACED_LETTER = new RegExp(UNSPACED_LETTER, 'gu');

/** Text as it is compared: capitals and accents make no difference. */
export function foldText(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .normalize('NFC');
}

/**
 * The words of a text, folded: what both the index and the question for it are made of, so that each database finds the
 * same. In scripts that are written without spaces each character counts as a word.
 */
export function searchWords(text: string): readonly string[] {
  const spaced = foldText(text.slice(0, MAX_SEARCHED)).replace(EACH_UNSPACED_LETTER, ' $& ');
  return spaced.match(/[\p{L}\p{N}]+/gu) ?? [];
}
