import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { checkAgentFile } from '@parley/agent/check-agent-file';
import type { AgentDefinition } from '@parley/contracts/agent-definition';
import { matchScript } from '@parley/engine/flow/match-script';
import { beforeAll, describe, expect, it } from 'vitest';

const EXAMPLES = fileURLToPath(new URL('../../../examples/', import.meta.url));

const agents = new Map<string, AgentDefinition>();
beforeAll(async () => {
  for (const name of (await readdir(EXAMPLES)).filter((file) => /\.(yaml|ts)$/.test(file))) {
    const read = await checkAgentFile(name, `${EXAMPLES}${name}`, {});
    expect(read.kind === 'faulty' ? read.faults : []).toEqual([]);
    if (read.kind === 'sound') agents.set(read.agent.definition.name, read.agent.definition);
  }
});

describe('the examples', () => {
  it('can be told apart by name, voice and description', () => {
    expect([...agents.keys()]).toEqual(['receptionist', 'trivia-host', 'vesuvio-pizza']);
    const all = [...agents.values()];
    expect(new Set(all.map(({ voice }) => voice)).size).toBe(all.length);
    for (const { description, name } of all) expect(description, name).toMatch(/\w+ .*\.$/);
  });

  it.each([
    ['receptionist', 'front_desk', 'Hello there, what are your opening hours?', 'hours', {}],
    ['receptionist', 'front_desk', 'Goodbye!', 'goodbye', {}],
    ['trivia-host', 'welcome', "I'm ready.", 'ready', {}],
    ['trivia-host', 'question_1', 'I think it is Mars.', 'right', {}],
    ['trivia-host', 'question_1', "Um, it's Jupiter?", 'wrong', { wrong_1: 'jupiter' }],
    ['trivia-host', 'question_2', 'Eight.', 'right', {}],
    ['trivia-host', 'question_3', 'The Indian Ocean.', 'wrong', { wrong_3: 'indian' }],
    ['trivia-host', 'question_4', 'Canberra, please.', 'right', {}],
    ['trivia-host', 'question_5', 'Can I have a hint?', 'hint', {}],
    ['trivia-host', 'question_5', 'Mercury.', 'right', {}],
    ['trivia-host', 'over', 'No, thank you.', 'enough', {}],
    [
      'vesuvio-pizza',
      'counter',
      'Hello, can I have a mushroom pizza please?',
      'ordered',
      { pizza: 'mushroom' },
    ],
    ['vesuvio-pizza', 'counter', 'Do you have any pineapple?', 'pineapple', {}],
    ['vesuvio-pizza', 'size', 'A large one, please.', 'large', {}],
    ['vesuvio-pizza', 'done', "Yes, that's all.", 'all', {}],
    ['vesuvio-pizza', 'done', 'No.', 'more', {}],
    ['vesuvio-pizza', 'done', 'Do you deliver?', 'delivery', {}],
  ])('%s in step %s takes %j for %s', (name, step, text, branch, slots) => {
    const { script } = agents.get(name) ?? {};
    expect(script && matchScript(script, step, text)).toMatchObject({ branch: { name: branch }, slots });
  });

  it('lead from every step to an end', () => {
    for (const { name, script } of agents.values()) {
      const reached = new Set<string>();
      const visit = (step: string) => {
        if (reached.has(step)) return;
        reached.add(step);
        for (const { next } of script?.steps[step]?.branches ?? []) if (next !== undefined) visit(next);
      };
      visit(script?.start ?? '');
      expect([...reached].sort(), name).toEqual(Object.keys(script?.steps ?? {}).sort());
      expect(
        script?.always.some(({ end }) => end),
        name,
      ).toBe(true);
    }
  });
});
