import { expect, test } from 'vitest';
import type { DecodedPath } from './decoder.ts';
import { judge } from './verdict.ts';

const path = (score: number, ...words: readonly [text: string, frames: number][]): DecodedPath => {
  let startFrame = 0;
  const segments = words.map(([text, frames]) => {
    const segment = { text, startFrame, frames };
    startFrame += frames;
    return segment;
  });
  return { text: words.map(([text]) => text).join(' '), score, segments };
};
const nothing: DecodedPath = { text: '', score: Number.NEGATIVE_INFINITY, segments: [] };
const phones = (score: number, count: number) =>
  path(score, ...Array.from({ length: count }, (_, index): [string, number] => [index % 2 ? 'aa' : 'k', 10]));
/** A phrase of 2 s, so many points of score a frame. */
const phrase = (scoreAFrame: number) =>
  path(200 * scoreAFrame, ['<sil>', 20], ['hello(2)', 80], ['there', 100]);
const unasked = () => {
  throw new Error('free sounds were sought without need');
};

test('words that fit well are believed at once, with their times', () => {
  expect(judge(phrase(-40), 2_000, unasked)).toEqual({
    outcome: 'words',
    text: phrase(-40).text,
    words: [
      { text: 'hello', startMs: 200, endMs: 1_000 },
      { text: 'there', startMs: 1_000, endMs: 2_000 },
    ],
  });
});

test('words that do not fit at all are rejected at once, with a guess at how many were said', () => {
  expect(judge(phrase(-70), 2_000, unasked)).toEqual({ outcome: 'rejected', wordCount: 6 });
  expect(judge(nothing, 2_000, unasked)).toEqual({ outcome: 'rejected', wordCount: 6 });
});

test('in doubt, words are believed that explain the sound nearly as well as free sounds', () => {
  expect(judge(phrase(-50), 2_000, () => phones(200 * -45, 20))).toMatchObject({ outcome: 'words' });
  expect(judge(phrase(-50), 2_000, () => phones(200 * -40, 20))).toEqual({
    outcome: 'rejected',
    wordCount: 6,
  });
});

test('a short word is doubted however well it and the silence around it fit', () => {
  const bye = path(100 * -40, ['<sil>', 60], ['bye', 40]);
  expect(judge(bye, 1_000, () => phones(100 * -40, 2))).toMatchObject({ outcome: 'words' });
  expect(judge(bye, 1_000, () => phones(100 * -37, 2))).toEqual({ outcome: 'rejected', wordCount: 1 });
});

test('a short sound that no phrase explains is speech only where it has a vowel and another sound', () => {
  const short = (sounded: DecodedPath) => judge(nothing, 600, () => sounded);
  expect(short(phones(-1_000, 2))).toEqual({ outcome: 'rejected', wordCount: 1 });
  expect(short(path(-100, ['<sil>', 20], ['s', 20], ['f', 20]))).toEqual({ outcome: 'silence' });
  expect(short(path(-100, ['aa', 20]))).toEqual({ outcome: 'silence' });
  expect(short(nothing)).toEqual({ outcome: 'silence' });
});
