import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createVirtualClock } from '../runtime/virtual-clock.ts';
import { faultInWords } from './definition-fault.ts';
import { type DefinitionFiles, openDefinitionFiles } from './definition-files.ts';

const agentText = (name: string, greeting = 'Hello.') => `
name: ${name}
title: Front desk
greeting: ${greeting}
script:
  start: main
  noMatch: Ask for our prices.
  steps:
    main:
      branches:
        - { name: prices, phrases: [what are your prices], reply: Ten pounds. }
`;

let root: string;
const at = (...names: string[]) => path.join(root, ...names);
const write = (name: string, text: string) => writeFile(at(name), text);

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'parley-agents-'));
  const made = root;
  onTestFinished(() => rm(made, { recursive: true, force: true }));
});

const open = (...folders: string[]) =>
  openDefinitionFiles(folders.length > 0 ? folders : [root], {
    faultsHere: ({ greeting }) =>
      greeting === 'Mute.' ? [{ path: ['greeting'], message: 'cannot be said here', of: 'value' }] : [],
    clock: createVirtualClock(),
  });
const greetings = ({ current }: DefinitionFiles) =>
  Object.fromEntries([...current.agents].map(([name, { definition }]) => [name, definition.greeting]));
const faults = ({ current }: DefinitionFiles) => current.faults.map(faultInWords);
/** A change counts at the second look that finds it. */
const lookTwice = async (files: DefinitionFiles) => [await files.look(), await files.look()];

describe('agent files', () => {
  it('are read in the order of their names, the first being the default', async () => {
    await write('b.yaml', agentText('bar'));
    await write('a.yml', agentText('desk'));
    await write('_notes.yaml', 'not an agent');
    await write('readme.md', 'nor this');
    const files = await open();
    expect([...files.current.agents.keys()]).toEqual(['desk', 'bar']);
    expect(files.current.defaultAgent).toBe('desk');
    expect(files.current.agents.get('desk')?.summary.contentHash).toMatch(/^[0-9a-f]{64}$/);
    expect(faults(files)).toEqual([]);
  });

  it('that are faulty, or cannot be called here, take no other down', async () => {
    await write('a.yaml', agentText('a', '7'));
    await write('b.yaml', agentText('b', 'Mute.'));
    await write('c.yaml', agentText('c'));
    await mkdir(at('d.yaml'));
    const files = await open();
    expect([...files.current.agents.keys()]).toEqual(['c']);
    expect(faults(files)).toEqual([
      'a.yaml:4:11 greeting: must be text, not the number 7',
      'b.yaml:4:11 greeting: cannot be said here',
      'd.yaml: is a folder, not a file',
    ]);
  });

  it('of one name in a folder: the first has it, the second is told', async () => {
    await write('a.yaml', agentText('desk', 'First.'));
    await write('b.yaml', agentText('desk', 'Second.'));
    const files = await open();
    expect(greetings(files)).toEqual({ desk: 'First.' });
    expect(faults(files)).toEqual(['b.yaml:2:7 name: "desk" is the name of the agent in a.yaml already']);
  });

  it('of a later folder replace those of an earlier one', async () => {
    await write('a.yaml', agentText('desk', 'Example.'));
    await mkdir(at('mine'));
    await write('mine/z.yaml', agentText('desk', 'Mine.'));
    const files = await open(root, at('mine'));
    expect(greetings(files)).toEqual({ desk: 'Mine.' });
    expect(faults(files)).toEqual([]);
  });

  it('of a folder that is not there are none, until it is', async () => {
    const files = await open(at('later'));
    expect(faults(files)).toEqual([`${at('later')}: is not there; make the folder`]);
    await mkdir(at('later'));
    await write('later/a.yaml', agentText('desk'));
    await lookTwice(files);
    expect(greetings(files)).toEqual({ desk: 'Hello.' });
    expect(faults(files)).toEqual([]);
  });
});

describe('a change', () => {
  it('counts at the second look that finds it, and leaves the other agents the same objects', async () => {
    await write('a.yaml', agentText('desk'));
    await write('b.yaml', agentText('bar'));
    const files = await open();
    const bar = files.current.agents.get('bar');
    expect(await lookTwice(files)).toEqual([false, false]);
    await write('a.yaml', agentText('desk', 'Good morning.'));
    expect(await files.look()).toBe(false);
    expect(greetings(files)).toMatchObject({ desk: 'Hello.' });
    expect(await files.look()).toBe(true);
    expect(greetings(files)).toMatchObject({ desk: 'Good morning.' });
    expect(files.current.agents.get('bar')).toBe(bar);
    expect(await lookTwice(files)).toEqual([false, false]);
  });

  it('is not taken up while the file is still being written', async () => {
    await write('a.yaml', agentText('desk'));
    const files = await open();
    await write('a.yaml', agentText('desk').slice(0, 40));
    await files.look();
    await write('a.yaml', agentText('desk', 'Whole.'));
    expect(await files.look()).toBe(false);
    expect(faults(files)).toEqual([]);
    expect(await files.look()).toBe(true);
    expect(greetings(files)).toEqual({ desk: 'Whole.' });
  });

  it('by replacing the file, as editors save, is one like any other', async () => {
    await write('a.yaml', agentText('desk'));
    const files = await open();
    await write('new.tmp', agentText('desk', 'Moved here.'));
    await rename(at('new.tmp'), at('a.yaml'));
    await lookTwice(files);
    expect(greetings(files)).toEqual({ desk: 'Moved here.' });
  });

  it('for the worse is told at once, and the last sound version goes on', async () => {
    await write('a.yaml', agentText('desk'));
    const files = await open();
    await write('a.yaml', agentText('desk', '7'));
    expect(await lookTwice(files)).toEqual([false, true]);
    expect(greetings(files)).toEqual({ desk: 'Hello.' });
    expect(faults(files)).toEqual([
      'a.yaml:4:11 greeting: must be text, not the number 7',
      'a.yaml: calls of "desk" go on with the last sound version of this file',
    ]);
    await write('a.yaml', agentText('desk', 'Mended.'));
    await lookTwice(files);
    expect(greetings(files)).toEqual({ desk: 'Mended.' });
    expect(faults(files)).toEqual([]);
  });

  it('brings new files and takes deleted ones', async () => {
    await write('a.yaml', agentText('desk'));
    const files = await open();
    await write('b.yaml', agentText('bar'));
    await rm(at('a.yaml'));
    await lookTwice(files);
    expect(greetings(files)).toEqual({ bar: 'Hello.' });
    expect(files.current.defaultAgent).toBe('bar');
  });

  it('of a file that an agent file imports is one of the agent', async () => {
    await mkdir(at('lib'));
    await write('lib/hours.ts', `export const greeting: string = 'Open at nine.';`);
    await write(
      'desk.ts',
      `import { defineAgent } from 'parley';
       import { greeting } from './lib/hours.ts';
       export default defineAgent({ name: 'desk', title: 'Desk', greeting, prompt: 'Be kind.' });`,
    );
    const files = await open();
    expect(greetings(files)).toEqual({ desk: 'Open at nine.' });
    await write('lib/hours.ts', `export const greeting: string = 'Open at ten.';`);
    await lookTwice(files);
    expect(greetings(files)).toEqual({ desk: 'Open at ten.' });
  });
});
