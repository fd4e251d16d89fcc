import { scriptSchema } from '@parley/contracts/script';
import { expect, test } from 'vitest';
import { faultsOfScript } from './script-faults.ts';

const scriptWith = (given: object) =>
  scriptSchema.parse({
    start: 'main',
    noMatch: 'Pardon?',
    steps: { main: { branches: [{ name: 'said', phrases: ['hello', 'good (morning'], reply: 'Yes.' }] } },
    ...given,
  });

test('names every phrase that is not in the notation by its place', () => {
  const always = [{ name: 'bye', phrases: ['[bye]'], reply: 'Bye.' }];
  const script = scriptWith({ openers: ['please ]'], closers: ['<thanks'], always });
  expect(faultsOfScript(script).map(({ path }) => path.join('.'))).toEqual([
    'openers.0',
    'closers.0',
    'steps.main.branches.0.phrases.1',
    'always.0.phrases.0',
  ]);
});

test('names a slot value without a word', () => {
  const steps = { main: { branches: [{ name: 'said', phrases: ['hello'], reply: 'Yes.' }] } };
  expect(faultsOfScript(scriptWith({ steps, slots: { day: ['monday', '...'] } }))).toEqual([
    { path: ['slots', 'day', 1], message: '"..." has no word' },
  ]);
});

test('has nothing to say about a sound script', () => {
  const steps = { main: { branches: [{ name: 'said', phrases: ['hello [there]'], reply: 'Yes.' }] } };
  expect(faultsOfScript(scriptWith({ steps }))).toEqual([]);
});
