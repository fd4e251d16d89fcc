import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { projectFolder } from '../project-folder.ts';
import { type SettingRow, settingRows } from './setting-rows.ts';

let copy = '';
afterEach(() => rmSync(copy, { recursive: true, force: true }));

/** The rows of contracts/ where a piece of it reads otherwise. */
function rowsWith(before: string, after: string): readonly SettingRow[] {
  copy = mkdtempSync(join(tmpdir(), 'parley-docs-'));
  const contracts = join(projectFolder(), 'contracts');
  cpSync(contracts, join(copy, 'contracts'), {
    recursive: true,
    filter: (path) => !path.includes('node_modules'),
  });
  const file = join(copy, 'contracts', 'agent-definition.ts');
  const source = readFileSync(file, 'utf8');
  expect(source).toContain(before);
  writeFileSync(file, source.replace(before, after));
  return settingRows(copy);
}

it('finds a comment that says another range or default than the schema', () => {
  expect(() => rowsWith('Range 0.05 to 0.95, default 0.5.', 'Range 0.05 to 0.9, default 0.5.')).toThrow(
    'turn.vadParams.threshold: its comment and its schema in contracts/ disagree about 0.9, 0.95.',
  );
});

it('wants a source of every number, and a comment of every setting', () => {
  expect(() => rowsWith("Source: Silero's own default.", '')).toThrow(
    'turn.vadParams.threshold needs a "Source:" of its numbers',
  );
  expect(() => rowsWith('/** Name that people see. */', '')).toThrow('title needs a comment');
});

it('reads settings of lists and records by the paths of a file', () => {
  const rows = rowsWith('Name that people see.', 'What people see.');
  expect(rows.find(({ path }) => path === 'title')).toMatchObject({
    meaning: 'What people see.',
    isRequired: true,
  });
  const paths = rows.map(({ path }) => path);
  expect(paths).toContain('pipelineSettings.idle[].afterMs');
  expect(paths).toContain('script.steps.<name>.branches[].reply');
  expect(new Set(paths).size).toBe(paths.length);
});
