import { hasWords } from '../sayable.ts';

/** How far an aligned text has come in the text of one segment: characters may be left out, and others put in. */
export interface TextPlace {
  /** Nothing is left that would be pronounced. */
  readonly isAtEnd: boolean;
  /** Takes the next character; false where it is not among what is next. Space is taken anywhere. */
  take(char: { readonly text: string; readonly startMs: number; readonly endMs: number }): boolean;
  /** Words whose last character was taken, that were not told before. */
  words(): readonly { readonly text: string; readonly startMs: number; readonly endMs: number }[];
}

/** Characters that may be left out in a row. */
const MOST_LEFT_OUT = 16;

export function createTextPlace(text: string): TextPlace {
  let at = 0;
  let word: { from: number; startMs: number; endMs: number } | null = null;
  let whole: { text: string; startMs: number; endMs: number }[] = [];

  const endWord = () => {
    if (word === null) return;
    const { from, startMs, endMs } = word;
    whole.push({ text: text.slice(from).split(/\s/, 1)[0] ?? '', startMs, endMs });
    word = null;
  };

  return {
    get isAtEnd() {
      return !hasWords(text.slice(at));
    },
    take(char) {
      if (char.text.trim() === '') return true;
      const found = text.slice(at, at + MOST_LEFT_OUT + char.text.length).indexOf(char.text);
      if (found < 0) return false;
      const from = at + found;
      if (word !== null && /\s/.test(text.slice(at, from))) endWord();
      word =
        word === null ? { from, startMs: char.startMs, endMs: char.endMs } : { ...word, endMs: char.endMs };
      at = from + char.text.length;
      if (/^(\s|$)/.test(text.slice(at, at + 1))) endWord();
      return true;
    },
    words() {
      const told = whole;
      whole = [];
      return told;
    },
  };
}
