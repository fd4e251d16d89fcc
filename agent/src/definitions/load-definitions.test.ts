import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { loadDefinitions, parseDefinition } from './load-definitions.ts';

const sound = `
name: desk
title: Front desk
greeting: Hello.
resumeLine: Sorry, go on.
apology: Sorry.
script:
  start: desk
  noMatch: Ask for our prices.
  steps:
    desk:
      branches:
        - { name: prices, phrases: ["what are your prices"], reply: Ten pounds. }
`;

async function folderWith(files: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'parley-agents-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text);
  return folder;
}

describe('agent files', () => {
  it('are read with their defaults', async () => {
    const { agents, defaultAgent, faults } = await loadDefinitions([
      await folderWith({ 'desk.yaml': sound }),
    ]);
    expect(faults).toEqual([]);
    expect(defaultAgent).toBe('desk');
    expect(agents.get('desk')?.definition.turn.vadParams.silenceDurationMs).toBe(500);
  });

  it('that are faulty name every fault and take no other down', async () => {
    const broken = sound.replace('start: desk', 'start: nowhere').replace('greeting: Hello.', 'greeting: 7');
    const folder = await folderWith({ 'a.yaml': broken, 'b.yaml': sound, 'c.yaml': 'a: [1' });
    const { agents, faults } = await loadDefinitions([folder]);
    expect([...agents.keys()]).toEqual(['desk']);
    expect(faults.filter((fault) => fault.startsWith('a.yaml: '))).toHaveLength(2);
    expect(faults.filter((fault) => fault.startsWith('c.yaml: '))).not.toEqual([]);
  });

  it('that point to a step that is not there say so', () => {
    expect(parseDefinition(sound.replace('start: desk', 'start: nowhere'))).toEqual({
      kind: 'faulty',
      faults: ['script.start: no step is named "nowhere"'],
    });
  });

  it('a folder that is missing is a fault, not a crash', async () => {
    const { agents, faults } = await loadDefinitions(['/nonexistent/agents']);
    expect(agents.size).toBe(0);
    expect(faults).toHaveLength(1);
  });
});
