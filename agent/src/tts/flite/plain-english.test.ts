import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSayable, toPlainEnglish } from './plain-english.ts';

describe('plain English', () => {
  it.each([
    ['naïve Zoë', 'naive Zoe'],
    ['it’s “quoted”', 'it\'s "quoted"'],
    ['wait—what…', 'wait, what...'],
    ['hello 你好 world 😀', 'hello world'],
    ['⅓ full', '1/3 full'],
    ['a\u0000b\nc', 'a b c'],
  ])('%j is read as %j', (text, expected) => {
    expect(toPlainEnglish(text)).toBe(expected);
  });

  it('is printable ASCII, and reading it again changes nothing', () => {
    const character = fc.integer({ min: 0, max: 0x10ffff }).map((code) => String.fromCodePoint(code));
    fc.assert(
      fc.property(
        fc.array(fc.oneof(character, fc.constantFrom('ß', '5', ' ', '½', '…')), { maxLength: 60 }),
        (parts) => {
          const text = parts.join('');
          const plain = toPlainEnglish(text);
          expect(plain).toMatch(/^[\x20-\x7E]*$/);
          expect(toPlainEnglish(plain)).toBe(plain);
        },
      ),
    );
  });

  it('has nothing to say without a letter, a digit or a symbol that has a name', () => {
    expect(['', '...', '?!', '-', '" "'].map(isSayable)).toEqual([false, false, false, false, false]);
    expect(['a', '7', '&', '50%'].map(isSayable)).toEqual([true, true, true, true]);
  });
});
