import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ENGINE_VERSION } from '@parley/engine/call/reduce';
import { testSettings } from '@parley/engine/call/testing/call-settings';
import { VirtualCall } from '@parley/engine/call/testing/virtual-call';
import { describe, expect, it, vi } from 'vitest';
import { replay } from '../../commands/replay.ts';
import { projectFolder } from '../../project-folder.ts';
import { testFolder, writeJournal } from './written-journal.ts';

/** A hang, not a slow machine. */
const HANGS_AFTER_MS = 300_000;

const settings = testSettings();
const { events } = new VirtualCall(settings)
  .connect()
  .say(3_000, 4_000, "what's open")
  .say(5_000, 6_000, 'no tell me your prices')
  .run(12_000);

function journal(folder = testFolder()): string {
  return writeJournal({ dataDir: folder, settings, events }).file;
}

/** A copy of the journal in which the agent was not stopped. */
function otherwise(file: string): string {
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll('"clearPlayout"', '"resumePlayout"'));
  return file;
}

async function run(...args: string[]): Promise<{ code: number; output: string; errors: string }> {
  const output: string[] = [];
  const errors: string[] = [];
  const into = (texts: string[]) => (text: unknown) => {
    texts.push(String(text));
    return true;
  };
  const stdout = vi.spyOn(process.stdout, 'write').mockImplementation(into(output));
  const stderr = vi.spyOn(process.stderr, 'write').mockImplementation(into(errors));
  try {
    const code = await replay(args);
    return { code, output: output.join(''), errors: errors.join('') };
  } finally {
    stdout.mockRestore();
    stderr.mockRestore();
  }
}

describe('npm run replay', () => {
  it('says same and exits 0', async () => {
    const { code, output } = await run(journal());
    expect({ code, output }).toEqual({
      code: 0,
      output: expect.stringMatching(/agent desk: \d+ events.*\nsame\n$/),
    });
  });

  it('shows the first difference among what was before it, and exits 1', async () => {
    const { code, output } = await run(otherwise(journal()));
    expect(code).toBe(1);
    expect(output).toMatch(/different at seq \d+, \d\.\d{3} s, \w+/);
    expect(output).toMatch(/!\s+resumePlayout {2}replyId r1\.\d\s+clearPlayout {2}replyId r1\.\d/);
    expect(output).toMatch(/before it\n {2}the call is live\n/);
  });

  it('prints one JSON object where it is asked to', async () => {
    const same = await run(journal(), '--json');
    expect(JSON.parse(same.output)).toMatchObject({ result: 'same', unknownEvents: {}, earlyWakes: [] });
    const different = await run(otherwise(journal()), '--json');
    expect(different.code).toBe(1);
    expect(JSON.parse(different.output)).toMatchObject({
      result: 'different',
      firstDifference: { stored: expect.anything(), now: expect.anything() },
    });
  });

  it.each([
    ['no journal', [], /Name one journal/],
    ['two journals', ['a', 'b'], /Name one journal/],
    ['an unknown flag', ['a', '--yaml'], /--yaml/],
    ['flags that exclude each other', ['a', '--json', '--as-test', 'b.test.ts'], /cannot be had together/],
    ['a file that is not there', ['/nowhere/a.ndjson'], /cannot be read/],
    [
      'a file that is no journal',
      [join(projectFolder(), 'package.json')],
      /line 1 is not the header of a journal/,
    ],
  ])('exits 2 for %s', async (_name, args, why) => {
    const { code, output, errors } = await run(...args);
    expect({ code, output, errors }).toEqual({ code: 2, output: '', errors: expect.stringMatching(why) });
  });
});

describe('npm run replay -- --as-test', () => {
  it(
    'writes a test that is formatted, typed, and passes in engine/call',
    async () => {
      const root = projectFolder();
      const folder = engineCopy(root);
      const file = join(folder, 'engine', 'call', 'made.test.ts');
      const { code, output } = await run(journal(), '--as-test', file);
      expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining('engine/call/') });
      const source = readFileSync(file, 'utf8');
      const other = source.replaceAll("'clearPlayout'", "'resumePlayout'");
      writeFileSync(join(folder, 'engine', 'call', 'other.test.ts'), other);
      const bin = (name: string) => join(root, 'node_modules', '.bin', name);
      await execute(bin('biome'), ['format', '--config-path', root, '--vcs-enabled=false', file], folder);
      await execute(bin('tsc'), ['-p', join(folder, 'engine', 'made.json')], folder);
      const tests = ['--root', folder, '--reporter', 'tap-flat', 'made.test', 'other.test'];
      const failure = await execute(bin('vitest'), ['run', ...tests], folder).catch(String);
      expect(failure).toMatch(/^ok \d+ - engine\/call\/made\.test\.ts/m);
      expect(failure).toMatch(/^not ok \d+ - engine\/call\/other\.test\.ts/m);
    },
    HANGS_AFTER_MS,
  );

  it('overwrites nothing', async () => {
    const file = join(testFolder(), 'mine.test.ts');
    writeFileSync(file, 'precious');
    const { code, errors } = await run(journal(), '--as-test', file);
    expect({ code, errors }).toEqual({ code: 2, errors: expect.stringContaining('EEXIST') });
    expect(readFileSync(file, 'utf8')).toBe('precious');
  });

  it('makes none of a call whose commands this engine does not know, nor under a name that is no test', async () => {
    const folder = testFolder();
    const file = journal(folder);
    const asTest = join(folder, 'made.test.ts');
    expect((await run(file, '--as-test', join(folder, 'made.ts'))).code).toBe(2);
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll('"clearPlayout"', '"fadePlayout"'));
    const { code, errors } = await run(file, '--as-test', asTest);
    expect({ code, errors }).toEqual({
      code: 2,
      errors: expect.stringMatching(new RegExp(`knows no fadePlayout.*engine ${ENGINE_VERSION},`)),
    });
    expect(existsSync(asTest)).toBe(false);
  });
});

/** The engine's sources in a folder of the test's own, with the packages of the project. */
function engineCopy(root: string): string {
  const folder = testFolder();
  mkdirSync(join(folder, 'engine'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  symlinkSync(join(root, 'engine', 'node_modules'), join(folder, 'engine', 'node_modules'));
  for (const part of ['call', 'conversation', 'cost', 'flow', 'reply', 'replay', 'turn', 'vad'])
    cpSync(join(root, 'engine', part), join(folder, 'engine', part), { recursive: true });
  cpSync(join(root, 'tsconfig.base.json'), join(folder, 'tsconfig.base.json'));
  const config = { extends: '../tsconfig.base.json', files: ['call/made.test.ts'] };
  writeFileSync(join(folder, 'engine', 'made.json'), JSON.stringify(config));
  return folder;
}

/** Runs a program; rejects with what it said where it fails. */
async function execute(file: string, args: readonly string[], cwd: string): Promise<void> {
  const { PATH } = process.env;
  await promisify(execFile)(file, args, { cwd, env: { PATH } }).catch(({ stdout, stderr }) => {
    throw new Error(`${stdout}\n${stderr}`);
  });
}
