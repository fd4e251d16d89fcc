import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { projectFolder } from '../project-folder.ts';
import { osEnvironment } from '../settings/os-environment.ts';

const SOUND = 'examples/receptionist.yaml';
const FAULTY = 'dev/tests/definitions/corpus/misspelt-key.yaml';

/** `npm run check-agent` with these arguments, as a script runs it. */
function run(...args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const root = projectFolder();
  return new Promise((resolve) => {
    const options = { cwd: root, env: { ...osEnvironment(), INIT_CWD: root } };
    const command = [join('dev', 'bootstrap.mjs'), 'check-agent', ...args];
    const child = execFile(process.execPath, command, options, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}
const json = (stdout: string) => JSON.parse(stdout.trim().split('\n').at(-1) ?? '');

it('exits with 0 for an agent that can be called', async () => {
  const { code, stdout } = await run(SOUND, '--json');
  expect(code).toBe(0);
  expect(json(stdout)).toEqual({ file: SOUND, ok: true, faults: [] });
});

it('exits with 1 and every fault for one that cannot', async () => {
  const inWords = await run(FAULTY);
  expect(inWords.code).toBe(1);
  expect(inWords.stdout).toContain(`${FAULTY}:3:1 greting: is not known; did you mean "greeting"?`);
  expect(inWords.stdout).toContain(`${FAULTY}:1:1 greeting: is missing`);
  const { code, stdout } = await run(FAULTY, '--json');
  expect(code).toBe(1);
  expect(json(stdout)).toMatchObject({
    file: FAULTY,
    ok: false,
    faults: [
      { line: 1, path: 'greeting' },
      { line: 3, column: 1, path: 'greting' },
    ],
  });
});

it('exits with 2 and says how to ask where it is asked wrongly', async () => {
  const { code, stderr } = await run();
  expect(code).toBe(2);
  expect(stderr).toContain('usage: npm run check-agent -- <file> [--json]');
});
