import { execFile, spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Below the range of outgoing connections, so that none of them takes a port between its choice and its use. */
const FIRST_PORT = 20_000;
const PORTS = 10_000;
const PASSWORD = 'a password: with/marks';

/** A PostgreSQL of a test's own, on loopback, in a folder of its own. */
export interface TestPostgres {
  /** Of a new empty database of that name. */
  createDatabase(name: string): Promise<string>;
  /** Address of a database, with this password instead of the right one. */
  url(name: string, password?: string): string;
  /** Ends every process at once, as a power cut would. */
  kill(): Promise<void>;
  /** Starts it again on the same port and data. */
  start(): Promise<void>;
  close(): Promise<void>;
}

/** Rejects where `findPostgres` finds none. */
export async function startPostgres(): Promise<TestPostgres> {
  const programs = findPostgres();
  if (programs === null) throw new Error('PostgreSQL is not installed: apt-get install postgresql');
  const account = await accountFor();
  const folder = await mkdtemp(join(tmpdir(), 'parley-postgres-'));
  const data = join(folder, 'data');
  const passwordFile = join(folder, 'password');
  await writeFile(passwordFile, PASSWORD);
  if (account !== null)
    for (const path of [folder, passwordFile]) await chown(path, account.uid, account.gid);
  const options = { env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8' }, cwd: folder, ...account };
  const initdb = [
    '-D',
    data,
    '-U',
    'parley',
    '--pwfile',
    passwordFile,
    '-A',
    'scram-sha-256',
    '-E',
    'UTF8',
    '--no-sync',
  ];
  await run(join(programs, 'initdb'), initdb, options);
  const port = await freePort();
  let server: { readonly pid: number; readonly ended: Promise<void> } | null = null;

  const start = async () => {
    const settings = [
      `port=${port}`,
      'listen_addresses=127.0.0.1',
      'unix_socket_directories=',
      'shared_buffers=32MB',
      'max_connections=50',
    ];
    const child = spawn(join(programs, 'postgres'), ['-D', data, ...settings.flatMap((s) => ['-c', s])], {
      ...options,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let words = '';
    const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
    const isReady = new Promise<boolean>((resolve) => {
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        words += text;
        if (words.includes('ready to accept connections')) resolve(true);
      });
      void ended.then(() => resolve(false));
    });
    if (!(await isReady) || child.pid === undefined) throw new Error(`postgres did not start:\n${words}`);
    server = { pid: child.pid, ended };
  };
  const end = async (signal: NodeJS.Signals) => {
    if (server === null) return;
    const { pid, ended } = server;
    server = null;
    process.kill(pid, signal);
    await ended;
  };
  const url = (name: string, password = PASSWORD) =>
    `postgres://parley:${encodeURIComponent(password)}@127.0.0.1:${port}/${name}`;
  await start();

  return {
    url,
    async createDatabase(name) {
      const { Client } = (await import('pg')).default;
      const client = new Client(url('postgres'));
      await client.connect();
      try {
        await client.query(`create database ${client.escapeIdentifier(name)}`);
      } finally {
        await client.end();
      }
      return url(name);
    },
    start,
    kill: () => end('SIGKILL'),
    async close() {
      await end('SIGINT');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/**
 * Folder of the programs of Debian's package `postgresql`, which the PATH does not lead to, or of another on the PATH;
 * null where there is none.
 */
export function findPostgres(): string | null {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian) : [];
  const newest = versions.sort((one, other) => Number(other) - Number(one));
  const folders = [
    ...newest.map((version) => join(debian, version, 'bin')),
    ...(process.env.PATH ?? '').split(':').filter(Boolean),
  ];
  return folders.find((folder) => existsSync(join(folder, 'initdb'))) ?? null;
}

/** PostgreSQL refuses to run as root; Debian's package brings a user for it. Null: it runs as whoever runs the test. */
async function accountFor(): Promise<{ readonly uid: number; readonly gid: number } | null> {
  if (process.getuid?.() !== 0) return null;
  const ask = async (flag: string) => Number((await run('id', [flag, 'postgres'])).stdout);
  return { uid: await ask('-u'), gid: await ask('-g') };
}

async function freePort(): Promise<number> {
  for (let left = 100; left > 0; left--) {
    const port = FIRST_PORT + Math.floor(Math.random() * PORTS);
    const isFree = await new Promise<boolean>((resolve) => {
      const server = createServer();
      server.once('error', () => resolve(false));
      server.listen({ host: '127.0.0.1', port }, () => server.close(() => resolve(true)));
    });
    if (isFree) return port;
  }
  throw new Error('no free port was found');
}
