import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFailed } from 'vitest';
import { type Parley, startParley } from '../../parley/start-parley.ts';
import {
  answers,
  callAgent,
  everybodyLeaves,
  fetchTicket,
  greetedBy,
  healthOf,
  heardOut,
  until,
} from './parley-call.ts';

let parley: Parley;
let folder: string;

const agentText = (name: string, greeting: string) => `
name: ${name}
title: ${name}
greeting: ${greeting}
script:
  start: main
  noMatch: Ask for our prices.
  steps:
    main:
      branches:
        - { name: prices, phrases: [what are your prices], reply: "${greeting} Ten pounds." }
`;
const write = (name: string, text: string) => writeFile(join(folder, name), text);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-agents-'));
  await write('desk.yaml', agentText('desk', 'Good morning.'));
  parley = await startParley({ agentsDir: folder });
}, 120_000);

beforeEach(() => {
  onTestFailed(() => console.info(parley.logs()));
});

afterEach(everybodyLeaves, 30_000);

afterAll(async () => {
  await parley?.stop();
  await rm(folder, { recursive: true, force: true });
}, 30_000);

const agentNames = async () => {
  const response = await fetch(`${parley.url}/api/agents`);
  const { agents } = (await response.json()) as { agents: readonly { name: string }[] };
  return agents.map(({ name }) => name);
};
const faults = async () => (await healthOf(parley)).workers.definitionFaults;
const greetingOf = async (agent: string) => {
  const caller = await callAgent(parley, agent);
  await heardOut(caller);
  await until('the greeting is there', () => answers(caller).length > 0);
  return answers(caller)[0];
};

describe('a folder of agent files', () => {
  it('is served beside the examples', async () => {
    expect((await agentNames()).sort()).toEqual(['desk', 'receptionist', 'trivia-host', 'vesuvio-pizza']);
  });

  it('whose file changes greets the next call anew, and a call that runs keeps what it began with', async () => {
    const running = await greetedBy(parley, 'desk');
    expect(answers(running)).toEqual(['Good morning.']);
    await write('desk.yaml', agentText('desk', 'Good evening.'));
    await until(
      'the next call is greeted anew',
      async () => (await greetingOf('desk')) === 'Good evening.',
      60_000,
    );
    await running.sendChat('what are your prices');
    await until('the running call is answered', () => answers(running)[1]?.endsWith('Ten pounds.') === true);
    expect(answers(running)[1]).toBe('Good morning. Ten pounds.');
  }, 120_000);

  it('that becomes faulty says so at once, and goes on with its last sound version', async () => {
    await write('desk.yaml', agentText('desk', '7'));
    await until('the fault is told', async () => (await faults()).length > 0);
    expect(await faults()).toEqual([
      'desk.yaml:4:11 greeting: must be text, not the number 7',
      'desk.yaml: calls of "desk" go on with the last sound version of this file',
    ]);
    expect(await greetingOf('desk')).toBe('Good evening.');
    await write('desk.yaml', agentText('desk', 'Good night.'));
    await until('the fault is gone', async () => (await faults()).length === 0);
  }, 60_000);

  it('takes new files, and lets go of deleted ones', async () => {
    await write(
      'typed.ts',
      `import { defineAgent } from 'parley';
       export default defineAgent({ name: 'typed', title: 'Typed', greeting: 'Made by code.', script: {
         start: 'main', noMatch: 'Pardon?',
         steps: { main: { branches: [{ name: 'hello', phrases: ['hello'], reply: 'Hello.' }] } },
       } });`,
    );
    await rm(join(folder, 'desk.yaml'));
    await until('the agents have changed', async () => {
      const names = await agentNames();
      return names.includes('typed') && !names.includes('desk');
    });
    expect(await greetingOf('typed')).toBe('Made by code.');
    await expect(fetchTicket(parley, 'desk')).rejects.toThrow(/typed/);
  }, 60_000);
});
