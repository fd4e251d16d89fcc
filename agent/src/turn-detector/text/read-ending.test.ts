import { describe, expect, it } from 'vitest';
import { en } from './open-endings.ts';
import { type Ending, readEnding } from './read-ending.ts';

const CASES: readonly (readonly [Ending, readonly string[]])[] = [
  ['empty', ['', '   ', '?!']],
  [
    'open',
    [
      'I would like to',
      'a table for',
      'I want to book a table and',
      'I want to book a table and.',
      'because',
      'we could come on Monday or',
      'my name is',
      'can I speak with the',
      "I'd like a table on Friday, um",
      'um',
      'well...',
      'the number is,',
      'it is three point',
      'the table is',
      'I think it’s',
    ],
  ],
  ['number', ['my number is five five', '0 1 7', 'it is 555 01', 'five five five.', '555 12 34']],
  [
    'complete',
    [
      'I would like a table for six',
      'yes',
      'no',
      'tomorrow at seven',
      'what are you waiting for',
      'maybe',
      'yes I can',
      'I think so',
    ],
  ],
  ['complete', ['five five five one two three four five six seven', '555 123 4567']],
  [
    'closed',
    [
      'I would like a table for six.',
      'When are you open?',
      'What are you waiting for?',
      'Thank you!',
      '"Yes."',
    ],
  ],
];

describe('the end of a text', () => {
  it.each(CASES.flatMap(([ending, texts]) => texts.map((text) => ({ ending, text }))))(
    'is $ending in "$text"',
    ({ ending, text }) => {
      expect(readEnding(text, en)).toBe(ending);
    },
  );
});
