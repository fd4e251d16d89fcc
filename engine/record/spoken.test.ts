import { describe, expect, it } from 'vitest';
import { spokenOf } from './spoken.ts';

const span = (startedAtMs: number, endedAtMs: number | null) => ({ startedAtMs, endedAtMs });
const interim = (words: number, atMs: number) => ({ words, atMs, isInterim: true });
const final = (words: number, atMs: number) => ({ words, atMs, isInterim: false });
const told = (text: string, marks: readonly { charEnd: number; atMs: number }[]) =>
  marks.map(({ charEnd, atMs }) => [text.slice(0, charEnd), atMs]);

describe('the times of words', () => {
  it('are those at which they were understood, within the speech', () => {
    const text = 'A table for two, please.';
    const { marks, areMarksEstimated } = spokenOf(
      text,
      [span(1_000, 2_000)],
      [interim(1, 990), interim(3, 1_500), interim(5, 2_150)],
      2_500,
    );
    expect(areMarksEstimated).toBe(false);
    expect(told(text, marks)).toEqual([
      ['A', 1_000],
      ['A table for', 1_500],
      [text, 2_000],
    ]);
  });

  it('end with the last word, however many the recogniser had first thought of', () => {
    const { marks } = spokenOf('two please', [span(0, 900)], [interim(1, 400), interim(4, 800)], 1_000);
    expect(marks).toEqual([
      { charEnd: 3, atMs: 400 },
      { charEnd: 10, atMs: 800 },
    ]);
  });

  it('are spread over the speech of each utterance where only finals tell of them, and not over pauses', () => {
    const text = 'one two three';
    const spans = [span(0, 600), span(2_000, 3_000)];
    const { marks, areMarksEstimated } = spokenOf(text, spans, [final(2, 1_200), final(3, 3_400)], 3_500);
    expect(areMarksEstimated).toBe(true);
    expect(told(text, marks)).toEqual([
      ['one', 257],
      ['one two', 600],
      ['one two three', 3_000],
    ]);
  });

  it('are spread over all of the speech where one final tells of it', () => {
    const text = 'one two';
    const { marks } = spokenOf(text, [span(0, 600), span(1_000, 1_800)], [final(2, 2_000)], 2_500);
    expect(told(text, marks)).toEqual([
      ['one', 600],
      ['one two', 1_800],
    ]);
  });

  it('are told by the character where a script has no spaces', () => {
    const { marks } = spokenOf('你好吗？', [span(0, 300)], [final(3, 500)], 600);
    expect(marks.map(({ charEnd }) => charEnd)).toEqual([1, 2, 3, 4]);
  });

  it('go up to where a caller was cut off who goes on speaking', () => {
    const { endedAtMs, marks } = spokenOf('and then', [span(0, null)], [interim(2, 400)], 5_000);
    expect(endedAtMs).toBe(5_000);
    expect(marks).toEqual([{ charEnd: 8, atMs: 400 }]);
  });

  it('are one instant where no speech was heard', () => {
    expect(spokenOf('late words', [], [final(2, 700)], 700)).toEqual({
      startedAtMs: 700,
      endedAtMs: 700,
      marks: [{ charEnd: 10, atMs: 700 }],
      areMarksEstimated: true,
    });
  });
});
