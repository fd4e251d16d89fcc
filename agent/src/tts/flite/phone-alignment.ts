import type { SpokenWord } from '../word-marks.ts';
import { phoneDistance, type TimedPhone } from './phones.ts';

/** A word as it is expected to sound; `phones` is null where nobody knows. */
export interface ExpectedWord {
  readonly text: string;
  readonly phones: readonly string[] | null;
}

interface ExpectedPhone {
  readonly wordIndex: number;
  /** Null: any phone will do. */
  readonly phone: string | null;
  readonly isFirstOfWord: boolean;
}

/** A phone that was spoken and not expected, or expected and not spoken. */
const GAP_COST = 1;
/** Of a phone that nobody knows. */
const UNKNOWN_COST = 0.4;
/** Of a pause inside a word. */
const BROKEN_WORD_COST = 1.5;
/** A word is estimated when fewer of its phones than this share were found where they were expected. */
const LOWEST_FOUND_SHARE = 0.5;

/**
 * Finds where each word sounds: the cheapest alignment of the phones that were expected, word by word, with
 * those that were spoken. A voice says a word a little differently in a sentence than alone.
 */
export function alignPhones(
  words: readonly ExpectedWord[],
  spoken: readonly TimedPhone[],
): readonly SpokenWord[] {
  const expected = words.flatMap(expectedPhones);
  const matches = cheapestMatches(expected, spoken);

  const found = words.map(() => ({ phones: 0, startMs: Number.POSITIVE_INFINITY, endMs: 0 }));
  let wordIndex = 0;
  spoken.forEach((phone, index) => {
    const match = matches[index];
    const matched = match === undefined || match === null ? undefined : expected[match];
    if (matched) wordIndex = matched.wordIndex;
    const word = found[wordIndex];
    if (word === undefined) return;
    if (matched) word.phones += 1;
    word.startMs = Math.min(word.startMs, phone.startMs);
    word.endMs = Math.max(word.endMs, phone.endMs);
  });

  let lastEndMs = spoken[0]?.startMs ?? 0;
  return words.map((word, index) => {
    const times = found[index];
    const hasTimes = times !== undefined && times.startMs <= times.endMs;
    const startMs = hasTimes ? times.startMs : lastEndMs;
    const endMs = hasTimes ? times.endMs : lastEndMs;
    lastEndMs = endMs;
    const expectedCount = word.phones?.length ?? 0;
    const isEstimated = expectedCount === 0 || (times?.phones ?? 0) < expectedCount * LOWEST_FOUND_SHARE;
    return { text: word.text, startMs, endMs, isEstimated };
  });
}

function expectedPhones(word: ExpectedWord, wordIndex: number): ExpectedPhone[] {
  const phones = word.phones ?? Array.from({ length: Math.max(1, word.text.length) }, () => null);
  return phones.map((phone, index) => ({ wordIndex, phone, isFirstOfWord: index === 0 }));
}

const MATCH = 1;
const EXTRA = 2;
const MISSING = 3;

/** For each spoken phone the expected one that it stands for, or null for one that nobody expected. */
function cheapestMatches(
  expected: readonly ExpectedPhone[],
  spoken: readonly TimedPhone[],
): readonly (number | null)[] {
  const width = expected.length + 1;
  const moves = new Uint8Array((spoken.length + 1) * width).fill(MISSING);
  let above = Float64Array.from({ length: width }, (_, column) => column * GAP_COST);
  spoken.forEach((phone, row) => {
    const here = new Float64Array(width);
    here[0] = (row + 1) * GAP_COST;
    moves[(row + 1) * width] = EXTRA;
    expected.forEach((wanted, column) => {
      const pauseCost = phone.isAfterPause && !wanted.isFirstOfWord ? BROKEN_WORD_COST : 0;
      const distance = wanted.phone === null ? UNKNOWN_COST : phoneDistance(wanted.phone, phone.phone);
      const match = at(above, column) + distance + pauseCost;
      const extra = at(above, column + 1) + GAP_COST + (phone.isAfterPause ? BROKEN_WORD_COST : 0);
      const missing = at(here, column) + GAP_COST;
      const best = Math.min(match, extra, missing);
      here[column + 1] = best;
      moves[(row + 1) * width + column + 1] = best === match ? MATCH : best === extra ? EXTRA : MISSING;
    });
    above = here;
  });

  const matches: (number | null)[] = spoken.map(() => null);
  let row = spoken.length;
  let column = expected.length;
  while (row > 0) {
    const move = moves[row * width + column];
    if (move === MATCH) matches[row - 1] = column - 1;
    if (move !== MISSING) row -= 1;
    if (move !== EXTRA) column -= 1;
  }
  return matches;
}

function at(costs: Float64Array, index: number): number {
  return costs[index] ?? Number.POSITIVE_INFINITY;
}
