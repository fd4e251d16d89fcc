import { expect, test } from 'vitest';
import { dictionaryEntries, isVowel, lookUp, PHONE_ENTRIES } from './pronunciations.ts';

const DICTIONARY = [
  ';; a comment',
  'hello HH AH L OW',
  'hello(2) HH EH L OW',
  "don't D OW N T",
  'hell HH EH L',
  '',
].join('\n');

test('finds every way to say a word, and only of the words asked for', () => {
  const found = lookUp(DICTIONARY, ['hello', "don't", 'goodbye']);
  expect([...found]).toEqual([
    ['hello', ['HH AH L OW', 'HH EH L OW']],
    ["don't", ['D OW N T']],
  ]);
});

test('knows the sounds that no dictionary spells', () => {
  expect(lookUp(DICTIONARY, ['mm-hmm']).get('mm-hmm')?.length).toBeGreaterThan(0);
});

test('numbers further ways as a decoder wants them', () => {
  const entries = dictionaryEntries(lookUp(DICTIONARY, ['hello']));
  expect(entries).toEqual([
    ['hello', 'HH AH L OW'],
    ['hello(2)', 'HH EH L OW'],
  ]);
});

test('tells vowels from other phones', () => {
  const vowels = PHONE_ENTRIES.map(([word]) => word).filter(isVowel);
  expect(vowels).toHaveLength(15);
  expect(PHONE_ENTRIES).toHaveLength(39);
});
