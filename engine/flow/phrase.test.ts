import { expect, test } from 'vitest';
import { PhraseError, parsePhrase, toJsgf, wordsInPhrase } from './phrase.ts';

const jsgf = (text: string) => toJsgf(parsePhrase(text), (slot) => `slot_${slot}`);

test.each([
  ['goodbye', 'goodbye'],
  ['What ARE your prices?', 'what are your prices'],
  ['[well] goodbye', '[ well ] goodbye'],
  ['(hi | good morning)', '( hi | good morning )'],
  ['yes | no', '( yes | no )'],
  ['are you open [on <day>]', 'are you open [ on <slot_day> ]'],
  ['((a | b) c | [d] e)', '( ( a | b ) c | [ d ] e )'],
  ['[a | b] c', '[ ( a | b ) ] c'],
  ["what's your e-mail", "what's your e-mail"],
  ['(goodbye)', 'goodbye'],
])('%j is written in JSGF as %j', (text, expected) => {
  expect(jsgf(text)).toBe(expected);
});

test.each([
  ['(a | b', 'unclosed', 0],
  ['a [b', 'unclosed', 2],
  ['a ) b', 'unexpected', 2],
  ['a (b ]', 'unexpected', 5],
  ['on <day', 'unexpected', 3],
  ['on <> day', 'unexpected', 3],
  ['(a |) b', 'empty', 0],
  ['| a', 'empty', 0],
  ['a []', 'empty', 2],
  ['[please]', 'empty', 0],
  ['([a] | b)', 'empty', 0],
  ['...', 'empty', 0],
] as const)('%j is refused as %s at %i', (text, code, at) => {
  let caught: unknown;
  try {
    parsePhrase(text);
  } catch (error) {
    caught = error;
  }
  expect(caught).toBeInstanceOf(PhraseError);
  expect(caught).toMatchObject({ code, at, message: expect.stringContaining(text) });
});

test('the words of a phrase are those of all its parts', () => {
  expect(wordsInPhrase(parsePhrase('[please] (open | shut) the door <day>'))).toEqual([
    'please',
    'open',
    'shut',
    'the',
    'door',
  ]);
});
