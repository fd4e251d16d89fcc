import { type Script, scriptSchema } from '@parley/contracts/script';
import { expect, test } from 'vitest';
import { grammarOf } from './grammar.ts';

const branch = (name: string, ...phrases: string[]) => ({ name, phrases, reply: 'Fine.' });
const script = (given: object): Script =>
  scriptSchema.parse({
    start: 'main',
    noMatch: 'Pardon?',
    steps: { main: { branches: [branch('hours', 'when are you open [on <day>]')] } },
    slots: { day: ['Monday', 'the weekend'] },
    ...given,
  });

test('holds every phrase, slot, opening and closing of a script as rules', () => {
  const { jsgf } = grammarOf(script({ openers: ['hello [there]'], closers: ['please', 'thank you'] }));
  expect(jsgf).toContain('#JSGF V1.0;\ngrammar script;\n');
  expect(jsgf).toContain('public <heard> = <before> <before> <phrase> <after> | <aside>;');
  expect(jsgf).toContain('<phrase> = when are you open [ on <slot_day> ];');
  expect(jsgf).toContain('<slot_day> = monday | the weekend;');
  expect(jsgf).toContain('<before> = /0.98/ <NULL> | /0.02/ ( hello [ there ] );');
  expect(jsgf).toContain('<after> = /0.95/ <NULL> | /0.05/ ( please | thank you );');
});

test('names no rule that it does not have', () => {
  const { jsgf } = grammarOf(script({}));
  expect(jsgf).toContain('<before> = <NULL>;\n');
  expect(jsgf).toContain('<after> = <NULL>;\n');
  const named = [...jsgf.matchAll(/<([a-z_]+)>/g)].map(([, name]) => name);
  const ruled = [...jsgf.matchAll(/^(?:public )?<([a-z_]+)> =/gm)].map(([, name]) => name);
  expect(new Set(named)).toEqual(new Set(ruled));
});

test('a value without a word cannot be said', () => {
  expect(grammarOf(script({ slots: { day: ['...', '!'] } })).jsgf).toContain('<slot_day> = <VOID>;');
});

test('lists each word once', () => {
  const { words } = grammarOf(script({ closers: ['on time please'] }));
  expect(words).toEqual(expect.arrayContaining(['when', 'on', 'monday', 'weekend', 'please', 'stop']));
  expect(new Set(words).size).toBe(words.length);
});

test('hears the words that take the floor, whatever the script', () => {
  expect(grammarOf(script({})).jsgf).toMatch(/<aside> = .*\bstop\b.*\bhold on\b/);
});

test('says a phrase that two branches share once', () => {
  const always = [branch('bye', 'goodbye'), branch('stopped', 'goodbye')];
  expect(grammarOf(script({ always })).jsgf).toContain(
    '<phrase> = when are you open [ on <slot_day> ] | goodbye;',
  );
});

test('can be of some of the steps', () => {
  const steps = {
    main: { branches: [branch('hours', 'when')] },
    other: { branches: [branch('prices', 'what')] },
  };
  const given = script({ steps, always: [branch('bye', 'goodbye')] });
  expect(grammarOf(given, { steps: ['other'] }).jsgf).toContain('<phrase> = what | goodbye;');
  expect(grammarOf(given).jsgf).toContain('<phrase> = when | what | goodbye;');
});
