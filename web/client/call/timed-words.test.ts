import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { timedWords } from './timed-words.ts';

const spans = (turn: Parameters<typeof timedWords>[0]) =>
  timedWords(turn).map(({ text, span }) => [text.trim(), span?.startMs, span?.endMs]);

describe('the times of words', () => {
  it('are those of their marks', () => {
    const marks = [
      { charEnd: 5, atMs: 1_400 },
      { charEnd: 11, atMs: 2_000 },
    ];
    const turn = { text: 'Hello there', startedAtMs: 1_000, marks };
    const [hello, there] = spans(turn);
    expect(hello).toEqual(['Hello', 1_000, 1_400]);
    expect(there?.[0]).toBe('there');
    expect(there?.[1]).toBeCloseTo(1_500);
    expect(there?.[2]).toBe(2_000);
  });

  it('are spread over the letters where a mark stands for several words', () => {
    const turn = { text: 'one two', startedAtMs: 0, marks: [{ charEnd: 7, atMs: 700 }] };
    expect(spans(turn)).toEqual([
      ['one', 0, 300],
      ['two', 400, 700],
    ]);
  });

  it('are absent where there are no marks, and after the last', () => {
    expect(spans({ text: 'typed words', startedAtMs: 0, marks: [] })).toEqual([
      ['typed', undefined, undefined],
      ['words', undefined, undefined],
    ]);
    const turn = { text: 'heard not', startedAtMs: 0, marks: [{ charEnd: 5, atMs: 500 }] };
    expect(spans(turn)[1]).toEqual(['not', undefined, undefined]);
  });

  it('are had for each character where a script knows no spaces', () => {
    const turn = { text: '今日は', startedAtMs: 0, marks: [{ charEnd: 3, atMs: 300 }] };
    expect(spans(turn)).toEqual([
      ['今', 0, 100],
      ['日', 100, 200],
      ['は', 200, 300],
    ]);
  });

  it('never go back, and the words join to the text, whatever the marks', () => {
    const mark = fc.record({ charEnd: fc.nat(60), atMs: fc.nat(10_000) });
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), fc.array(mark), (text, marks) => {
        const words = timedWords({ text, startedAtMs: 100, marks });
        expect(words.map((word) => word.text).join('')).toBe(text);
        let before = 100;
        for (const { span } of words) {
          if (span === null) continue;
          expect(span.startMs).toBeGreaterThanOrEqual(before);
          expect(span.endMs).toBeGreaterThanOrEqual(span.startMs);
          before = span.startMs;
        }
      }),
    );
  });
});
