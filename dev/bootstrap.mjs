// The entry of every `npm run`: makes the project runnable, then runs a command of dev/command.ts. It needs nothing
// but Node, so it is plain JavaScript without dependencies.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** @param {string} message @returns {never} */
function giveUp(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [leastMajor = 0, leastMinor = 0] = manifest.engines.node
    .replace(/[^\d.]/g, '')
    .split('.')
    .map(Number);
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return;
  giveUp(
    `Parley needs Node ${leastMajor}.${leastMinor} or newer, and this is ${process.versions.node}. ` +
      'Get one from https://nodejs.org or with a version manager, then run the command again.',
  );
}

/** Installs the packages of the lockfile, unless these are the ones that are there. */
function installPackages() {
  const stamp = join(root, 'node_modules', '.parley-installed');
  const lockfile = createHash('sha256')
    .update(readFileSync(join(root, 'pnpm-lock.yaml')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lockfile) return;
  process.stderr.write('installing packages (about half a minute the first time)\n');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const args = [
    'exec',
    '--yes',
    '--loglevel=error',
    manifest.packageManager,
    '--',
    'install',
    '--frozen-lockfile',
  ];
  const { status, stdout, stderr, error } = spawnSync(npm, args, {
    cwd: root,
    // Without a terminal of its own it neither asks questions nor draws.
    env: { ...process.env, CI: 'true' },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (status !== 0) {
    const words = error?.message ?? `${stdout}\n${stderr}`.trim().split('\n').slice(-12).join('\n');
    giveUp(
      `The packages could not be installed:\n${words}\n\nThey come from the npm registry: check the network ` +
        '(`npm ping`), a proxy or a registry set in ~/.npmrc, and free disk space, then run the command again.',
    );
  }
  writeFileSync(stamp, lockfile);
}

async function buildCommands() {
  try {
    const { bundle } = await import('./build/bundle.mjs');
    await bundle({
      entries: { command: join(root, 'dev', 'command.ts') },
      outFolder: join(root, 'dev', 'dist'),
    });
  } catch (error) {
    giveUp(
      `The commands could not be built: ${error instanceof Error ? error.message : error}\n` +
        'If packages are missing or broken, delete node_modules and run the command again.',
    );
  }
}

checkNode();
installPackages();
await buildCommands();
const [name = '', ...args] = process.argv.slice(2);
/** @type {{ runCommand: (name: string, args: string[]) => Promise<number> }} */
const { runCommand } = await import(new URL('./dist/command.js', import.meta.url).href);
process.exitCode = await runCommand(name, args);
