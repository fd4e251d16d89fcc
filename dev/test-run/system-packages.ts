import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** A program that tests use, and the package that brings it. */
export interface SystemProgram {
  /** The first of these on the PATH will do. */
  readonly commands: readonly string[];
  readonly debian: string;
  readonly use: string;
  /** Where it cannot be installed, the tests that need it are skipped and say so. */
  readonly isOptional?: true;
}

export const SYSTEM_PROGRAMS: readonly SystemProgram[] = [
  { commands: ['chromium', 'chromium-browser', 'google-chrome'], debian: 'chromium', use: 'browser tests' },
  { commands: ['espeak-ng'], debian: 'espeak-ng', use: 'voices that the recogniser does not know' },
  { commands: ['docker-compose'], debian: 'docker-compose', use: 'checking docker-compose.yml' },
  // PGlite stands in for it where it is missing. Debian's server lies outside the PATH; what starts it does not.
  {
    commands: ['pg_ctlcluster', 'postgres'],
    debian: 'postgresql',
    use: 'calls stored in PostgreSQL',
    isOptional: true,
  },
  { commands: ['ip'], debian: 'iproute2', use: 'bad networks', isOptional: true },
  { commands: ['python3'], debian: 'python3', use: 'bad networks', isOptional: true },
];

/** Tests need programs that are not there and cannot be installed here. The message names them. */
export class SystemPackagesMissing extends Error {
  override readonly name = 'SystemPackagesMissing';
  readonly code = 'system_packages_missing';
}

/** The programs that are not on the PATH. */
export function missingPrograms(searchPath: string): readonly SystemProgram[] {
  const folders = searchPath.split(delimiter).filter(Boolean);
  return SYSTEM_PROGRAMS.filter(
    ({ commands }) =>
      !commands.some((command) => folders.some((folder) => existsSync(join(folder, command)))),
  );
}

/**
 * Sees that the programs are there: as root on Debian by installing them. Rejects with `SystemPackagesMissing` where
 * that cannot be done.
 */
export async function ensureSystemPackages(options: {
  readonly searchPath: string;
  readonly isRoot: boolean;
  readonly onProgress: (text: string) => void;
}): Promise<void> {
  const canInstall = options.isRoot && existsSync('/usr/bin/apt-get');
  const missing = missingPrograms(options.searchPath).filter(({ isOptional }) => canInstall || !isOptional);
  if (missing.length === 0) return;
  const packages = missing.map(({ debian }) => debian);
  const command = `apt-get install --no-install-recommends ${packages.join(' ')}`;
  const list = missing.map(({ commands, use }) => `  ${commands[0]}: ${use}`).join('\n');
  if (!canInstall) {
    throw new SystemPackagesMissing(
      `The tests need programs that are not installed:\n${list}\nOn Debian or Ubuntu: sudo ${command}`,
    );
  }
  options.onProgress(`installing ${packages.join(', ')}`);
  await apt(['update', '-q']);
  await apt(['install', '-q', '-y', '--no-install-recommends', ...packages]);
}

const KEPT_CHARACTERS = 2_000;

function apt(args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const spawned = spawn('/usr/bin/apt-get', args, {
      env: {
        PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
        DEBIAN_FRONTEND: 'noninteractive',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let words = '';
    for (const output of [spawned.stdout, spawned.stderr]) {
      output.setEncoding('utf8').on('data', (text: string) => {
        words = (words + text).slice(-KEPT_CHARACTERS);
      });
    }
    spawned.once('error', reject);
    spawned.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new SystemPackagesMissing(`apt-get ${args.join(' ')} ended with ${code}:\n${words}`));
    });
  });
}
