import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alignWordMarks, type SpokenWord } from './word-marks.ts';

/** Spoken words of 100 ms each. */
function said(...texts: string[]): SpokenWord[] {
  return texts.map((text, index) => ({
    text,
    startMs: index * 100,
    endMs: (index + 1) * 100,
    isEstimated: false,
  }));
}

function marksOf(text: string, spoken: readonly SpokenWord[], durationMs = spoken.length * 100) {
  return alignWordMarks({ text, spoken, durationMs }).map((mark) => [
    text.slice(mark.charStart, mark.charEnd),
    mark.startMs,
    mark.endMs,
    ...(mark.isEstimated ? ['estimated'] : []),
  ]);
}

describe('word marks', () => {
  it('mark each word with its punctuation', () => {
    expect(marksOf('Hello, "big" world!', said('hello', 'big', 'world'))).toEqual([
      ['Hello,', 0, 100],
      ['"big"', 100, 200],
      ['world!', 200, 300],
    ]);
  });

  it('give a number that is said in many words one mark', () => {
    expect(
      marksOf('That is $12.50 now.', said('that', 'is', 'twelve', 'dollars', 'fifty', 'cents', 'now')),
    ).toEqual([
      ['That', 0, 100],
      ['is', 100, 200],
      ['$12.50', 200, 600],
      ['now.', 600, 700],
    ]);
  });

  it('know an abbreviation by its neighbours', () => {
    expect(
      marksOf(
        'Dr. Smith lives on St. John St.',
        said('doctor', 'smith', 'lives', 'on', 'saint', 'john', 'street'),
      ),
    ).toEqual([
      ['Dr.', 0, 100],
      ['Smith', 100, 200],
      ['lives', 200, 300],
      ['on', 300, 400],
      ['St.', 400, 500],
      ['John', 500, 600],
      ['St.', 600, 700],
    ]);
  });

  it('join what a voice says in parts', () => {
    expect(marksOf("The doctor's well-known.", said('the', 'doctor', "'s", 'well', 'known'))).toEqual([
      ['The', 0, 100],
      ["doctor's", 100, 300],
      ['well-known.', 300, 500],
    ]);
  });

  it('share out by length what cannot be told apart, and say so', () => {
    expect(marksOf('At 10:30 2 left', said('at', 'ten', 'thirty', 'two', 'left'))).toEqual([
      ['At', 0, 100],
      ['10:30', 100, 340, 'estimated'],
      ['2', 340, 400, 'estimated'],
      ['left', 400, 500],
    ]);
  });

  it('estimate a word that the voice did not report', () => {
    const spoken = [
      { text: 'one', startMs: 0, endMs: 100, isEstimated: false },
      { text: 'three', startMs: 300, endMs: 400, isEstimated: false },
    ];
    expect(marksOf('one two three', spoken, 400)).toEqual([
      ['one', 0, 100],
      ['two', 100, 300, 'estimated'],
      ['three', 300, 400],
    ]);
  });

  it('estimate everything where the voice reports nothing', () => {
    expect(marksOf('four four', [], 800)).toEqual([
      ['four', 0, 400, 'estimated'],
      ['four', 400, 800, 'estimated'],
    ]);
  });

  it('estimate by syllables, not by letters', () => {
    expect(marksOf('strength ago', [], 300).map(([, , endMs]) => endMs)).toEqual([100, 300]);
    expect(marksOf('über Größe', [], 400).map(([, , endMs]) => endMs)).toEqual([200, 400]);
    expect(marksOf('हाँ जी', [], 300).length).toBe(2);
  });

  it('find the way back after sound that is not in the text', () => {
    expect(marksOf('yes please', said('yes', 'um', 'er', 'please'))).toEqual([
      ['yes', 0, 300],
      ['please', 300, 400],
    ]);
  });

  it('count a symbol that is said as a word and lone punctuation as none', () => {
    expect(marksOf('you & me — now ...', said('you', 'and', 'me', 'now')).map(([word]) => word)).toEqual([
      'you',
      '&',
      'me',
      'now',
    ]);
  });

  it('do not follow a word out of the sound', () => {
    expect(marksOf('a b', [{ text: 'a', startMs: -5, endMs: 900, isEstimated: false }], 50)).toEqual([
      ['a', 0, 50],
      ['b', 50, 50, 'estimated'],
    ]);
  });

  it('keep their promises for any text and any report', () => {
    const word = fc.oneof(
      fc.constantFrom(
        'the',
        'a',
        '$5',
        '12:30',
        "it's",
        'well-known',
        '&',
        '—',
        '...',
        'NASA',
        '😀',
        'naïve',
        '你好',
      ),
      fc.string({ unit: 'grapheme', maxLength: 6 }),
    );
    const text = fc.array(word, { maxLength: 40 }).map((words) => words.join(' '));
    const time = fc.double({ min: -100, max: 10_000, noNaN: true });
    const spoken = fc.array(
      fc.record({ text: word, startMs: time, endMs: time, isEstimated: fc.boolean() }),
      {
        maxLength: 60,
      },
    );
    fc.assert(
      fc.property(text, spoken, fc.double({ min: 0, max: 9_000, noNaN: true }), (line, words, durationMs) => {
        const marks = alignWordMarks({ text: line, spoken: words, durationMs });
        let charEnd = 0;
        let endMs = 0;
        for (const mark of marks) {
          expect(mark.charStart).toBeGreaterThanOrEqual(charEnd);
          expect(mark.charEnd).toBeGreaterThan(mark.charStart);
          expect(mark.startMs).toBeGreaterThanOrEqual(endMs);
          expect(mark.endMs).toBeGreaterThanOrEqual(mark.startMs);
          expect(mark.endMs).toBeLessThanOrEqual(durationMs);
          charEnd = mark.charEnd;
          endMs = mark.endMs;
        }
        const unmarked = marks.reduceRight(
          (rest, mark) => rest.slice(0, mark.charStart) + rest.slice(mark.charEnd),
          line,
        );
        expect(unmarked).not.toMatch(/[\p{L}\p{N}]/u);
      }),
    );
  });
});
