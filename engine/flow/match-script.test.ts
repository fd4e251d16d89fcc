import { type Script, scriptSchema } from '@parley/contracts/script';
import { expect, test } from 'vitest';
import { matchScript } from './match-script.ts';

const script: Script = scriptSchema.parse({
  start: 'main',
  slots: { day: ['monday', 'saturday', 'the weekend', 'Boxing Day'] },
  openers: ['(hi | hello) [there]', 'could you tell me'],
  closers: ['thank you', 'if you can'],
  noMatch: 'Pardon?',
  steps: {
    main: {
      branches: [
        {
          name: 'hours',
          phrases: ['when are you open [on <day>]', 'what are your (hours | opening times)'],
          reply: 'a',
        },
        { name: 'booked', phrases: ['what is [the] next'], reply: 'b', next: 'booking' },
        { name: 'polite', phrases: ['please repeat [that]'], reply: 'c' },
      ],
    },
    booking: { branches: [{ name: 'cancelled', phrases: ['stop', 'never mind'], reply: 'd' }] },
  },
  always: [
    { name: 'goodbye', phrases: ['goodbye', 'stop'], reply: 'e', end: true },
    { name: 'greeted', phrases: ['(hi | hello) [there]'], reply: 'f' },
  ],
});

test.each([
  ['when are you open', 'hours', {}],
  ['When are you open on Saturday?', 'hours', { day: 'saturday' }],
  ['when are you open on the weekend', 'hours', { day: 'the weekend' }],
  ['when are you open on boxing day', 'hours', { day: 'Boxing Day' }],
  ['Um, so what are your, uh, opening times, please?', 'hours', {}],
  ['Hello there, could you tell me when are you open, if you can, thank you!', 'hours', {}],
  ["WHAT'S next", 'booked', {}],
  ['what’s the next', 'booked', {}],
  ['whats next', 'booked', {}],
  ['what is next', 'booked', {}],
  ['please repeat', 'polite', {}],
  ['please repeat that please', 'polite', {}],
  ['Goodbye!', 'goodbye', {}],
  ['good bye', 'goodbye', {}],
  ['good-bye', 'goodbye', {}],
  ['hello', 'greeted', {}],
  ['hello thank you', 'greeted', {}],
])('%j takes the branch %s', (text, branch, slots) => {
  expect(matchScript(script, 'main', text)).toMatchObject({ branch: { name: branch }, slots });
});

test.each([
  '',
  '   ',
  '?!',
  'um',
  'could you tell me',
  'when are you open on tuesday',
  'when are you',
  'when are you open on saturday at nine',
  'the weather is fine',
])('%j takes none', (text) => {
  expect(matchScript(script, 'main', text)).toBeNull();
});

test("a step's own branches come before those that always hold", () => {
  expect(matchScript(script, 'booking', 'stop')?.branch.name).toBe('cancelled');
  expect(matchScript(script, 'main', 'stop')?.branch.name).toBe('goodbye');
});

test('in a step that does not exist only what always holds can be said', () => {
  expect(matchScript(script, 'toString', 'stop')?.branch.name).toBe('goodbye');
  expect(matchScript(script, 'nowhere', 'when are you open')).toBeNull();
});

test('a text of a megabyte takes none, at once', () => {
  expect(matchScript(script, 'main', 'hello there um '.repeat(70_000))).toBeNull();
});

test('optional words in a row, said again and again, are matched without a detour', () => {
  const branch = { name: 'counted', phrases: [`stop ${'[a] '.repeat(40)}`], reply: 'g' };
  const counting: Script = { ...script, always: [{ ...branch, end: false }] };
  expect(matchScript(counting, 'main', `stop ${'a '.repeat(40)}`)?.branch.name).toBe('counted');
  expect(matchScript(counting, 'main', `stop ${'a '.repeat(41)}`)).toBeNull();
});
