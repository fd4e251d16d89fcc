/** A word with the marks after it; where a script puts no space between words, a character. */
const WORD =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|[\p{L}\p{N}][^\s\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]*/gu;

/** Where each word ends, in UTF-16 code units. */
export function wordEnds(text: string): number[] {
  return [...text.matchAll(WORD)].map((match) => match.index + match[0].length);
}

export function countWords(text: string): number {
  return text.match(WORD)?.length ?? 0;
}
