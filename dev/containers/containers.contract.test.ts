import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { providerVariables } from '@parley/agent/config/provider-variables';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { projectFolder } from '../project-folder.ts';
import { LIVEKIT_SERVER_VERSION } from '../sfu/find-livekit-server.ts';
import { parseDockerfile, type Stage } from './dockerfile.ts';
import { playDockerfile } from './play-dockerfile.ts';

const root = projectFolder();
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const DOCKERFILES = ['agent/Dockerfile', 'web/Dockerfile'];

/** The commands of a stage, and the paths that it copies from the project. */
const commandsOf = ({ steps }: Stage) => steps.flatMap((step) => (step.kind === 'run' ? [step.command] : []));
const copiedBy = ({ steps }: Stage) =>
  steps.flatMap((step) => (step.kind === 'copy' && step.from === null ? step.sources : []));

describe.each(DOCKERFILES)('%s', (file) => {
  const stages = parseDockerfile(read(file));

  it('copies what is there', () => {
    expect(stages.flatMap(copiedBy).filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it('installs with the pnpm of package.json, every package of the workspace being named', () => {
    const { packageManager } = JSON.parse(read('package.json')) as { packageManager: string };
    const last = stages.at(-1);
    expect(last).toBeDefined();
    if (last === undefined) return;
    expect(commandsOf(last).join('\n')).toContain(
      `npm exec --yes ${packageManager} -- install --prod --frozen-lockfile`,
    );
    const members = [...read('pnpm-workspace.yaml').matchAll(/^ {2}- (\S+)$/gm)].map(
      ([, member]) => `${member}/package.json`,
    );
    expect(copiedBy(last)).toEqual(expect.arrayContaining(members));
  });
});

it('runs livekit-server in the version that npm start runs', () => {
  expect(read('docker-compose.yml')).toContain(`livekit/livekit-server:v${LIVEKIT_SERVER_VERSION}`);
});

let folder: string;
let emptyFile: string;

describe('docker-compose.yml', () => {
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'parley-compose-'));
    // Instead of a .env that somebody may have here.
    emptyFile = join(folder, 'empty.env');
    writeFileSync(emptyFile, '');
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const secrets = { LIVEKIT_API_SECRET: 's', PARLEY_ACCESS_KEY: 'k' };

  it('is accepted by docker-compose', async () => {
    expect(await services(secrets)).toEqual(['agent', 'caddy', 'livekit', 'redis', 'sip', 'web']);
  }, 30_000);

  it('starts a phone side and HTTPS only where their profiles are asked for', () => {
    const { services: all } = parse(read('docker-compose.yml')) as {
      services: Record<string, { profiles?: string[] }>;
    };
    const profiles = Object.entries(all).flatMap(([name, service]) =>
      (service.profiles ?? []).map((p) => `${p}: ${name}`),
    );
    expect(profiles.sort()).toEqual(['phone: redis', 'phone: sip', 'tls: caddy']);
  });

  it('hands keys and addresses of the providers to the agent', () => {
    const { services: all } = parse(read('docker-compose.yml')) as {
      services: Record<string, { environment?: Record<string, string> }>;
    };
    expect(all.agent?.environment).toMatchObject(
      Object.fromEntries(Object.keys(providerVariables).map((name) => [name, `\${${name}:-}`])),
    );
  });

  it('says which secret is missing', async () => {
    await expect(services({ LIVEKIT_API_SECRET: 's' })).rejects.toThrow(/put PARLEY_ACCESS_KEY into \.env/);
  }, 30_000);
});

/** The services as docker-compose understands the file. */
function services(env: Readonly<Record<string, string>>): Promise<string[]> {
  const args = ['--project-directory', root, '-f', join(root, 'docker-compose.yml')];
  const system = { PATH: process.env.PATH, HOME: process.env.HOME };
  return new Promise((resolve, reject) => {
    execFile(
      'docker-compose',
      [...args, '--env-file', emptyFile, 'config', '--services'],
      { env: { ...system, ...env } },
      (error, output, words) => {
        if (error === null) resolve(output.trim().split('\n').sort());
        else reject(new Error(words, { cause: error }));
      },
    );
  });
}

it('reads stages and steps of a Dockerfile', () => {
  const text =
    '# x\nFROM a AS build\nWORKDIR /p\nCOPY a b c/\nRUN x && y\nFROM b\nCOPY --from=build /p/d d\nCMD ["x"]\n';
  expect(parseDockerfile(text)).toEqual([
    {
      name: 'build',
      image: 'a',
      steps: [
        { kind: 'workdir', folder: '/p' },
        { kind: 'copy', from: null, sources: ['a', 'b'], target: 'c/' },
        { kind: 'run', command: 'x && y' },
      ],
    },
    { name: '1', image: 'b', steps: [{ kind: 'copy', from: 'build', sources: ['/p/d'], target: 'd' }] },
  ]);
});

// It shows the commands, not the images.
describe.each(DOCKERFILES)('%s in an empty folder', (file) => {
  it('runs its commands, and the result starts', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'parley-image-'));
    try {
      const env = { PATH: process.env.PATH, HOME: process.env.HOME };
      const image = await playDockerfile({ stages: parseDockerfile(read(file)), context: root, folder, env });
      const entry = file.startsWith('web') ? 'web/dist/server/main.js' : 'agent/dist/main.js';
      const words = await new Promise<string>((resolve) => {
        execFile(process.execPath, [join(image, 'parley', entry)], { env }, (_error, output, fault) =>
          resolve(output + fault),
        );
      });
      // It comes as far as reading its settings, and so has all that it imports.
      expect(words).toContain('LIVEKIT_URL is not set');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }, 900_000);
});
