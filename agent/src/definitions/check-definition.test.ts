import {
  type AgentDefinitionInput,
  agentDefinitionSchema,
  turnPhrasesSchema,
} from '@parley/contracts/agent-definition';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { checkDefinition } from './check-definition.ts';
import { readYaml } from './read-yaml.ts';

const known = Object.keys(agentDefinitionSchema.shape);
const names = [
  'start',
  'steps',
  'branches',
  'always',
  'slots',
  'phrases',
  'reply',
  'next',
  '__proto__',
  'toString',
];
const key = fc.oneof(fc.constantFrom(...known, ...names), fc.string());

/** Any JSON, and often something like an agent. */
const anything = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'medium' },
    fc.jsonValue(),
    fc.constantFrom('en', 'de', 'main', 'what are your <day>', '{{day}}', '(', '[a]'),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(key, tie('value'), { maxKeys: 6 }),
  ),
})).value;

const text = fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme' });
const word = fc.stringMatching(/^[a-z]{1,8}$/);
const phrase = fc.array(word, { minLength: 1, maxLength: 5 }).map((words) => words.join(' '));
const branch = fc.record(
  {
    name: fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/),
    phrases: fc.array(phrase, { minLength: 1, maxLength: 3 }),
    reply: fc.oneof(phrase, fc.array(phrase, { minLength: 1, maxLength: 3 })),
    next: fc.constant('main'),
    end: fc.boolean(),
  },
  { requiredKeys: ['name', 'phrases', 'reply'] },
);
const phrases = fc.uniqueArray(phrase, { maxLength: 9 }).map((all) => {
  const lists = Object.keys(turnPhrasesSchema.shape);
  return Object.fromEntries(
    lists.map((list, at) => [list, all.filter((_, index) => index % lists.length === at)]),
  );
});
const soundAgent: fc.Arbitrary<AgentDefinitionInput> = fc.record(
  {
    name: fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/),
    title: text,
    description: fc.string({ maxLength: 100 }),
    language: fc.constantFrom('en', 'en-GB'),
    voice: text,
    public: fc.boolean(),
    prompt: text,
    greeting: text,
    resumeLine: text,
    apology: text,
    llm: fc.record({ provider: word, model: text }, { requiredKeys: ['provider'] }),
    turn: fc.record({ allowInterruptions: fc.boolean(), minWords: fc.integer({ min: 1, max: 20 }) }),
    phrases,
    script: fc.record({
      start: fc.constant('main'),
      noMatch: phrase,
      steps: fc.record({ main: fc.record({ branches: fc.array(branch, { minLength: 1, maxLength: 3 }) }) }),
    }),
  },
  { requiredKeys: ['name', 'title', 'greeting', 'script'] },
);

describe('a definition', () => {
  it('of any shape is checked without a throw, and each fault has a path and words', () => {
    fc.assert(
      fc.property(anything, (value) => {
        const checked = checkDefinition(value);
        if (checked.kind === 'sound') return;
        expect(checked.faults.length).toBeGreaterThan(0);
        const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
        for (const { path, message } of checked.faults) {
          expect(message).toMatch(/\S/);
          if (isObject) expect(path.length).toBeGreaterThan(0);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('that is sound is the same after a way through YAML', () => {
    fc.assert(
      fc.property(soundAgent, (agent) => {
        const raw = readYaml('agent.yaml', stringify(agent));
        expect(raw).toMatchObject({ kind: 'read' });
        if (raw.kind !== 'read') return;
        expect(checkDefinition(raw.value)).toEqual({
          kind: 'sound',
          definition: agentDefinitionSchema.parse(agent),
        });
      }),
      { numRuns: 200 },
    );
  });

  it('may name slots in its replies, apart by spaces', () => {
    const reply = `{{ day }} {{day}} {{week}} {{${' '.repeat(100_000)}`;
    const script = { start: 'a', noMatch: 'No.', slots: { day: ['monday'] }, steps: {}, always: [{ reply }] };
    const checked = checkDefinition({ script });
    const messages = checked.kind === 'faulty' ? checked.faults.map(({ message }) => message) : [];
    expect(messages.filter((message) => message.includes('slot'))).toEqual(['no slot is named "week"']);
  });

  it('in English needs no more than a name, a title, a greeting and a prompt', () => {
    const checked = checkDefinition({ name: 'desk', title: 'Desk', greeting: 'Hello.', prompt: 'Be kind.' });
    expect(checked).toMatchObject({
      kind: 'sound',
      definition: {
        description: '',
        language: 'en',
        public: false,
        apology: expect.stringContaining('sorry'),
        phrases: { yield: [], acknowledgements: [], assents: [] },
      },
    });
  });
});
