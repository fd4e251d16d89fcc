import { describe, expect, it } from 'vitest';
import { matchRepeat, plainWords } from './switched-repeats.ts';

const rest = (said: string, text: string, isCut = false) =>
  matchRepeat(plainWords(said), text, { isCut }).rest;

describe('what was said before and is heard again', () => {
  it.each([
    ['', 'a table for two', 'a table for two'],
    ["I'd like a", "I'd like a table for two.", 'table for two.'],
    ['i would like a', "I'd like a table", 'table'],
    ['Id like a', "I'd like a table", 'table'],
    ['I would like', 'I would lake a table', 'a table'],
    ['Hello there', 'Hello there.', ''],
    ['yes', 'Yes, yes please', 'yes please'],
    ['你好我想', '你好我想订位', '订位'],
    ['Grüß Gott', 'GRÜSS GOTT, einen Tisch', 'einen Tisch'],
  ])('%j before %j leaves %j', (said, text, left) => {
    expect(rest(said, text)).toBe(left);
  });

  it('is kept where nothing of it agrees: a word said twice is better than one that is lost', () => {
    expect(rest('hello', 'table for two')).toBe('table for two');
  });

  it('is found though its beginning is not heard again', () => {
    const said = 'so what I wanted to ask you is whether you have a table';
    expect(rest(said, 'you have a table for two', true)).toBe('for two');
    expect(rest(said, 'and by the window', true)).toBe('and by the window');
  });

  it('is told how far it was heard, for what follows', () => {
    const said = plainWords('one two three four');
    expect(matchRepeat(said, 'One, two.', { isCut: false })).toMatchObject({ saidWords: 2, rest: '' });
    expect(matchRepeat(said, '', { isCut: false })).toMatchObject({ saidWords: 0, rest: '' });
  });
});
