import type { SimulatedWord } from '../simulated-voice.ts';

/** A character of a text, in ms from the start of its sound. */
export interface TimedChar {
  readonly text: string;
  readonly startMs: number;
  readonly endMs: number;
}

/** When the characters of a text sound: those of a word share its time, those between words have none. */
export interface CharTimes {
  add(words: readonly SimulatedWord[]): void;
  /** Characters that begin before then and were not told before. */
  until(untilMs: number): readonly TimedChar[];
}

export function charTimes(text: string): CharTimes {
  const timed: TimedChar[] = [];
  let at = 0;
  let atMs = 0;
  const pass = (upTo: number) => {
    for (const char of text.slice(at, upTo)) timed.push({ text: char, startMs: atMs, endMs: atMs });
    at = upTo;
  };
  return {
    add(words) {
      for (const { charStart, charEnd, startMs, endMs } of words) {
        pass(charStart);
        const chars = [...text.slice(charStart, charEnd)];
        const charMs = (endMs - startMs) / chars.length;
        for (const [index, char] of chars.entries()) {
          timed.push({
            text: char,
            startMs: startMs + index * charMs,
            endMs: startMs + (index + 1) * charMs,
          });
        }
        at = charEnd;
        atMs = endMs;
      }
    },
    until(untilMs) {
      if (untilMs === Number.POSITIVE_INFINITY) pass(text.length);
      const count = timed.findIndex(({ startMs }) => startMs >= untilMs);
      return timed.splice(0, count < 0 ? timed.length : count);
    },
  };
}
