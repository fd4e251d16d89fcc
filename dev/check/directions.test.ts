import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { projectFolder } from '../project-folder.ts';

const ALLOWED: readonly [file: string, line: string][] = [
  ['agent/src/stt/a.ts', `import { a } from '../runtime/clock.ts';`],
  ['agent/src/stt/embedded/a.ts', `import { a } from '../../audio/frame.ts';`],
  ['agent/src/stt/embedded/a2.ts', `import { a } from '../contract.ts';`],
  ['agent/src/playout/a.ts', `import { a } from '../tts/contract.ts';`],
  ['agent/src/transport/a.ts', `import { a } from '../playout/contract.ts';`],
  ['agent/src/call/a.ts', `import { a } from '../stt/contract.ts';`],
  ['engine/turn/a.ts', `import { a } from '../call/state.ts';`],
  ['engine/turn/a2.ts', `import { a } from '@parley/contracts/ids';`],
  ['web/client/talk/a.ts', `import { a } from '../room/transcript.ts';`],
  ['web/server/http/a.ts', `import { a } from 'node:http';`],
  ['agent/src/runtime/a.ts', 'export const a = setTimeout;'],
  ['agent/src/config/a.ts', 'export const a = process.env;'],
];

const FORBIDDEN: readonly [file: string, line: string][] = [
  ['agent/src/stt/b.ts', `import { a } from '../tts/contract.ts';`],
  ['agent/src/stt/b2.ts', `import { a } from '../call/run-call.ts';`],
  ['agent/src/stt/b3.ts', `import { a } from '../config/settings.ts';`],
  ['agent/src/stt/embedded/b.ts', `import { a } from '../../tts/contract.ts';`],
  ['agent/src/playout/b.ts', `import { a } from '../tts/embedded.ts';`],
  ['agent/src/transport/b.ts', `import { a } from '../playout/playout.ts';`],
  ['agent/src/runtime/b.ts', `import { a } from '../stt/contract.ts';`],
  ['agent/src/call/b.ts', `import { a } from '@parley/web/server/config/settings';`],
  ['agent/src/call/b2.ts', `import { a } from '../../../dev/project-folder.ts';`],
  ['agent/src/call/b3.ts', 'export const a = process.env;'],
  ['agent/src/call/b4.ts', 'export const a = () => setTimeout(() => {}, 1);'],
  ['agent/src/call/b5.ts', 'export const a = () => Date.now();'],
  ['agent/src/call/b6.ts', 'export const a = () => performance.now();'],
  ['agent/src/call/b7.ts', 'export const a = () => Math.random();'],
  ['contracts/b.ts', `import { a } from '@parley/engine/turn/ear';`],
  ['contracts/b2.ts', `import { a } from 'node:crypto';`],
  ['engine/turn/b.ts', `import { a } from 'node:fs';`],
  ['engine/turn/b2.ts', `import { a } from 'node:fs/promises';`],
  ['engine/turn/b3.ts', `import { a } from '@parley/agent/call/run-call';`],
  ['engine/turn/b4.ts', `import { a } from '../../agent/src/call/run-call.ts';`],
  ['engine/turn/b5.ts', 'export const a = () => Date.now();'],
  ['engine/turn/b6.ts', 'export const a = () => Math.random();'],
  ['engine/turn/b7.ts', 'export const a = () => fetch("x");'],
  ['engine/turn/b8.ts', 'export const a = () => setTimeout(() => {}, 1);'],
  ['web/client/talk/b.ts', `import { a } from '../../server/main.ts';`],
  ['web/client/talk/b2.ts', `import { a } from '@parley/agent/call/run-call';`],
  ['web/client/talk/b3.ts', `import { a } from 'node:fs';`],
  ['web/server/http/b.ts', `import { a } from '@parley/agent/call/run-call';`],
  ['web/server/http/b2.ts', `import { a } from '../../client/main.tsx';`],
  ['web/server/http/b3.ts', 'export const a = process.env;'],
  ['web/server/http/b4.ts', 'export const a = () => Date.now();'],
  ['engine/reply/c.ts', `import { b } from './d.ts';\nexport const a = () => b;`],
];

let folder: string;
let faults: Map<string, string[]>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'parley-lint-'));
  const root = projectFolder();
  cpSync(join(root, 'biome.json'), join(folder, 'biome.json'));
  for (const [file, line] of [
    ...ALLOWED,
    ...FORBIDDEN,
    ['engine/reply/d.ts', `export * from './c.ts';`] as const,
  ]) {
    const path = join(folder, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, line.includes('import { a }') ? `${line}\nexport const used = a;\n` : `${line}\n`);
  }
  faults = await lint(join(root, 'node_modules', '.bin', 'biome'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The categories of what Biome finds, by file. */
function lint(biome: string): Promise<Map<string, string[]>> {
  const args = ['lint', '--reporter=json', '--max-diagnostics=500', '--vcs-enabled=false'];
  return new Promise((resolve, reject) => {
    execFile(biome, args, { cwd: folder, maxBuffer: 50_000_000 }, (_error, output, words) => {
      try {
        const found = new Map<string, string[]>();
        for (const { category, location } of JSON.parse(output).diagnostics) {
          const path = typeof location.path === 'string' ? location.path : location.path?.file;
          found.set(path, [...(found.get(path) ?? []), category]);
        }
        resolve(found);
      } catch (cause) {
        reject(new Error(`biome said: ${words || output}`, { cause }));
      }
    });
  });
}

const DIRECTION = /noRestricted|noJsRestricted|noProcessEnv|noImportCycles/;

it.each(ALLOWED)('%s may hold %s', (file) => {
  expect((faults.get(file) ?? []).filter((category) => DIRECTION.test(category))).toEqual([]);
});

it.each(FORBIDDEN)('%s may not hold %s', (file) => {
  expect((faults.get(file) ?? []).some((category) => DIRECTION.test(category))).toBe(true);
});
