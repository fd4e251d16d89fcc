import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kysely } from 'kysely';
import { createMonotonicClock } from '../../runtime/clock.ts';
import type { Database } from '../database.ts';
import { migrate } from '../migrate.ts';
import { openDatabase } from '../open-database.ts';
import type { Tables } from '../tables.ts';
import { pgliteDialect } from './pglite-dialect.ts';
import { findPostgres, startPostgres, type TestPostgres } from './postgres-server.ts';

/** One set of data, and a way to it for each server that shares it. */
export interface TestData {
  /** As a further server opens it. Every one is closed with the data. */
  open(): Promise<Database>;
  close(): Promise<void>;
}

/** A kind of database that every store must work on. */
export interface DatabaseKind {
  readonly name: string;
  /** Whether a second server can open the same data. */
  readonly isShared: boolean;
  /** Called once before, and `stop` once after, the tests of a kind. */
  start(): Promise<void>;
  stop(): Promise<void>;
  newData(): Promise<TestData>;
}

/** What a server of a test gets: SQLite in a folder of its own. */
export async function sqliteData(): Promise<TestData & { readonly dataDir: string }> {
  const dataDir = await mkdtemp(join(tmpdir(), 'parley-data-'));
  const closing = openOnes(() => openTestDatabase({ databaseUrl: null, dataDir }));
  return {
    dataDir,
    open: closing.open,
    async close() {
      await closing.closeAll();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** SQLite, and PostgreSQL: the real one, or where it is not installed PGlite, which is slow to start and serves one server. */
export function databaseKinds(): readonly DatabaseKind[] {
  return [sqliteKind, findPostgres() === null ? pgliteKind : postgresKind()];
}

const sqliteKind: DatabaseKind = {
  name: 'SQLite',
  isShared: true,
  start: async () => {},
  stop: async () => {},
  newData: sqliteData,
};

const pgliteKind: DatabaseKind = {
  name: 'PGlite',
  isShared: false,
  start: async () => {},
  stop: async () => {},
  async newData() {
    const db = new Kysely<Tables>({ dialect: pgliteDialect() });
    await migrate(db, 'postgres', 0);
    const database: Database = { dialect: 'postgres', db, close: async () => {} };
    return { open: async () => database, close: () => db.destroy() };
  },
};

function postgresKind(): DatabaseKind {
  let postgres: TestPostgres | null = null;
  let made = 0;
  return {
    name: 'PostgreSQL',
    isShared: true,
    async start() {
      postgres = await startPostgres();
    },
    stop: async () => postgres?.close(),
    async newData() {
      if (postgres === null) throw new Error('PostgreSQL was not started');
      const databaseUrl = await postgres.createDatabase(`parley_${++made}`);
      const opened = openOnes(() => openTestDatabase({ databaseUrl, dataDir: '/nonexistent' }));
      return { open: opened.open, close: opened.closeAll };
    },
  };
}

function openTestDatabase(where: { readonly databaseUrl: string | null; readonly dataDir: string }) {
  return openDatabase({ ...where, clock: createMonotonicClock(), nowEpochMs: 0, onConnectionLost: () => {} });
}

function openOnes(open: () => Promise<Database>) {
  const opened: Database[] = [];
  return {
    async open() {
      const database = await open();
      opened.push(database);
      return database;
    },
    closeAll: async () => void (await Promise.all(opened.map((database) => database.close()))),
  };
}
