import fc from 'fast-check';
import { expect, it } from 'vitest';
import { foldText, searchWords } from './search-words.ts';

it.each([
  ['It’s a TABLE for two, please.', ['it', 's', 'a', 'table', 'for', 'two', 'please']],
  ['Ich hätte gern Straßenmusik', ['ich', 'hatte', 'gern', 'straßenmusik']],
  ['mail me at bob@example.com', ['mail', 'me', 'at', 'bob', 'example', 'com']],
  ['東京へ3人', ['東', '京', 'へ', '3', '人']],
  ['Ёлка', ['елка']],
  ['…!?', []],
])('takes %j for the words %j', (text, words) => {
  expect(searchWords(text)).toEqual(words);
});

it('finds words in capitals, accents and compatible forms alike', () => {
  expect(searchWords('ÉCOLE ﬁn')).toEqual(searchWords('école fin'));
});

it('makes words that stay what they are', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const words = searchWords(text);
      expect(searchWords(words.join(' '))).toEqual(words);
      for (const word of words) expect(foldText(word)).toBe(word);
    }),
  );
});
