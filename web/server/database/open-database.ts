import { join } from 'node:path';
import { type Dialect, Kysely } from 'kysely';
import type { Clock } from '../runtime/clock.ts';
import type { Database, SqlDialect } from './database.ts';
import { DatabaseError } from './database-error.ts';
import { migrate } from './migrate.ts';
import { postgresDialect, postgresError } from './postgres.ts';
import { sqliteDialect, sqliteError } from './sqlite.ts';
import type { Tables } from './tables.ts';

/** Name of the SQLite file in the data folder. */
export const DATABASE_FILE = 'parley.db';

/**
 * Opens the database of `databaseUrl` (PostgreSQL), or where it is null the file `parley.db` in the data folder, and
 * brings its tables up to date. Rejects with `DatabaseError`.
 */
export async function openDatabase(options: {
  readonly databaseUrl: string | null;
  readonly dataDir: string;
  readonly clock: Clock;
  readonly nowEpochMs: number;
  /** A connection was lost; the next query opens another. */
  readonly onConnectionLost: (error: Error) => void;
}): Promise<Database> {
  const { databaseUrl, dataDir } = options;
  const file = join(dataDir, DATABASE_FILE);
  const database = kyselyDatabase(
    databaseUrl === null
      ? { dialect: 'sqlite', ways: sqliteDialect(file, options.clock) }
      : { dialect: 'postgres', ways: postgresDialect(databaseUrl, options.onConnectionLost) },
  );
  try {
    await migrate(database.db, database.dialect, options.nowEpochMs);
    return database;
  } catch (cause) {
    await database.close().catch(() => {
      // What could not be opened has nothing to close, and the first fault is the one to tell.
    });
    if (cause instanceof DatabaseError) throw cause;
    throw databaseUrl === null ? sqliteError(file, cause) : postgresError(databaseUrl, cause);
  }
}

function kyselyDatabase(by: { readonly dialect: SqlDialect; readonly ways: Dialect }): Database {
  const db = new Kysely<Tables>({ dialect: by.ways });
  let closed: Promise<void> | null = null;
  return {
    dialect: by.dialect,
    db,
    close() {
      closed ??= db.destroy();
      return closed;
    },
  };
}
