import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitSpeakable } from './speakable-pieces.ts';

const SENTENCE = 'We are open from nine to five on weekdays, and from ten to two on Saturday.';

describe('speakable pieces', () => {
  it('leave an ordinary sentence whole', () => {
    expect(splitSpeakable(SENTENCE)).toEqual([{ text: SENTENCE, charStart: 0, follows: 'segment' }]);
  });

  it('part two long sentences at the full stop', () => {
    const pieces = splitSpeakable(`${SENTENCE} ${SENTENCE}`);
    expect(pieces.map(({ text, follows }) => [text.trim(), follows])).toEqual([
      [SENTENCE, 'segment'],
      [SENTENCE, 'sentence'],
    ]);
  });

  it('part a long sentence at its last comma', () => {
    const long = `${SENTENCE.slice(0, -1)}, but you can always write to us or leave a message.`;
    expect(splitSpeakable(long).map(({ text, follows }) => [text.trim(), follows])).toEqual([
      ['We are open from nine to five on weekdays, and from ten to two on Saturday,', 'segment'],
      ['but you can always write to us or leave a message.', 'clause'],
    ]);
  });

  it('part a text without punctuation between words', () => {
    for (const { text } of splitSpeakable('never ending words '.repeat(30))) {
      expect(text.trim()).toMatch(/^(never|ending|words)( (never|ending|words))*$/);
    }
  });

  it('do not cut numbers at their comma', () => {
    const pieces = splitSpeakable(`The year ${'1,000,000 '.repeat(20)}`);
    expect(pieces.every(({ text }) => !/^,|,$/.test(text.trim()))).toBe(true);
  });

  it('are short, and together the whole text, for any text', () => {
    const word = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 12 }),
      fc.constantFrom(', ', '. ', ' ', '—', '😀'),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 150 }), (words) => {
        const text = words.join('');
        const pieces = splitSpeakable(text);
        expect(pieces.map((piece) => piece.text).join('')).toBe(text);
        let charStart = 0;
        for (const piece of pieces) {
          expect(piece.charStart).toBe(charStart);
          expect(piece.text.length).toBeGreaterThan(0);
          expect(piece.text.length).toBeLessThanOrEqual(200);
          expect(piece.text).not.toMatch(/[\uD800-\uDBFF]$/);
          charStart += piece.text.length;
        }
      }),
    );
  });
});
