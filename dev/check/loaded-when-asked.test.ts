import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { projectFolder } from '../project-folder.ts';

/** `import type` is gone once the sources are built, and `import()` loads when it is reached. */
const LOADED_AT_START = /^import (?!type\b)[^;]*from '@opentelemetry\//m;

it('what sends traces is loaded only where somebody asked for traces', () => {
  const source = join(projectFolder(), 'agent', 'src');
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => ({ file, text: readFileSync(join(source, file), 'utf8') }));
  expect(files.filter(({ text }) => LOADED_AT_START.test(text)).map(({ file }) => file)).toEqual([]);
  const users = files.filter(({ text }) => text.includes("import('@opentelemetry/")).map(({ file }) => file);
  expect(users).toEqual([join('traces', 'open-traces.ts')]);
});
