import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addText, EMPTY_SEGMENTER, flushText, type Segmenter } from './segmenter.ts';

function segmentsOf(...deltas: readonly string[]): string[] {
  let segmenter: Segmenter = EMPTY_SEGMENTER;
  const all: string[] = [];
  for (const delta of deltas) {
    const next = addText(segmenter, delta);
    segmenter = next.segmenter;
    all.push(...next.segments);
  }
  return [...all, ...flushText(segmenter)];
}

describe('the segmenter', () => {
  it('gives a sentence on as soon as the next begins', () => {
    const { segments, segmenter } = addText(EMPTY_SEGMENTER, 'We are open. Any');
    expect(segments).toEqual(['We are open.']);
    expect(segmenter.pending.trim()).toBe('Any');
  });

  it('gives the same sentences however the text is cut into deltas', () => {
    const text = 'Hello there! We open at 9.30 a.m. on Monday. "Really?" Yes, Dr. Smith said so… Good.';
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 60, maxLength: 60 }), (lengths) => {
        const deltas: string[] = [];
        let at = 0;
        for (const length of lengths) {
          deltas.push(text.slice(at, at + length));
          at += length;
        }
        expect(segmentsOf(...deltas, text.slice(at))).toEqual(segmentsOf(text));
      }),
    );
  });

  it('does not end a sentence at an abbreviation, an initial or a number', () => {
    expect(segmentsOf('Mr. J. Smith pays 3.50 a day. Fine.')).toEqual([
      'Mr. J. Smith pays 3.50 a day.',
      'Fine.',
    ]);
  });

  it('knows sentence ends that no space follows', () => {
    expect(segmentsOf('你好。今天好吗？')).toEqual(['你好。', '今天好吗？']);
  });

  it('cuts a sentence that runs on, and loses no word', () => {
    const long = `${'and so on, '.repeat(60)}end`;
    const segments = segmentsOf(long);
    expect(Math.max(...segments.map((segment) => segment.length))).toBeLessThanOrEqual(240);
    expect(segments.join(' ')).toBe(long);
  });

  it('gives nothing for white space', () => {
    expect(segmentsOf(' \n ', '\n')).toEqual([]);
  });
});
