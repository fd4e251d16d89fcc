import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readProjectSettings } from '../parley/settings-of-project.ts';
import { configRows } from './config-rows.ts';
import { settingsFindings } from './settings-findings.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'parley-doctor-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const read = (dotEnv: Readonly<Record<string, string>>, makesKeys = false) =>
  readProjectSettings({ root, flags: {}, environment: {}, dotEnv, makesKeys });

describe('the doctor on settings', () => {
  it('is content before the first start and after it', async () => {
    expect(await settingsFindings(await read({}))).toMatchObject([
      { kind: 'sound', detail: '0 given; keys are made at the first start' },
    ]);
    expect(await settingsFindings(await read({}, true))).toMatchObject([{ kind: 'sound' }]);
  });

  it('names every setting that cannot be, and where it stands', async () => {
    const findings = await settingsFindings(
      await read({ PORT: 'x', PARLEY_WORKER_PROCESSES: '0', PARLEY_ACCESS_KEY: 'short' }),
    );
    expect(findings.map(({ kind, detail }) => `${kind} ${detail}`).sort()).toEqual([
      'fault PARLEY_ACCESS_KEY is set (from .env), but must have at least 16 characters',
      'fault PARLEY_WORKER_PROCESSES is "0" (from .env), but must be a whole number from 1 to 256',
      'fault PORT is "x" (from .env), but must be a whole number from 0 to 65535',
    ]);
  });

  it('finds a slip of the pen in .env', async () => {
    const findings = await settingsFindings(
      await read({ PARLEY_AGNTS: 'x', OTHER: 'y', PARLEY_SECRET_CRM: 'z' }),
    );
    expect(findings).toMatchObject([
      { kind: 'warning', detail: '.env sets PARLEY_AGNTS, which nobody reads', cure: 'write PARLEY_AGENTS' },
      { kind: 'warning', detail: '.env sets OTHER, which nobody reads' },
    ]);
  });

  it('wants the keys of a livekit-server that somebody else runs', async () => {
    const findings = await settingsFindings(await read({ LIVEKIT_URL: 'wss://sfu.example' }, true));
    expect(findings.map(({ detail }) => detail)).toEqual([
      'LIVEKIT_URL is set, but not LIVEKIT_API_KEY',
      'LIVEKIT_URL is set, but not LIVEKIT_API_SECRET',
    ]);
  });

  it('minds keys that others can read', async () => {
    const project = await read({}, true);
    chmodSync(project.keysFile, 0o644);
    expect(await settingsFindings(project)).toMatchObject([
      { kind: 'fault', cure: `chmod 600 ${project.keysFile}` },
    ]);
  });
});

it('shows each setting with its source, and no secret', async () => {
  const project = await read({ PORT: '4000', PARLEY_SECRET_CRM: 'a secret of the operator' }, true);
  const rows = new Map(configRows(project).map((row) => [row.name, row]));
  expect(rows.get('PORT')).toMatchObject({ value: '4000', source: '.env' });
  expect(rows.get('HOST')).toMatchObject({ value: '127.0.0.1', source: 'default' });
  expect(rows.get('PUBLIC_URL')).toMatchObject({ value: '', source: 'unset' });
  expect(rows.get('LIVEKIT_API_SECRET')?.source).toBe('keys.env');
  expect([...rows.values()].filter(({ description }) => description === '')).toEqual([]);
  const shown = JSON.stringify([...rows.values()]);
  for (const name of ['LIVEKIT_API_SECRET', 'PARLEY_ACCESS_KEY', 'PARLEY_SECRET_KEY', 'PARLEY_SECRET_CRM']) {
    expect(shown).not.toContain(project.settings.get(name)?.value ?? 'absent');
  }
});
