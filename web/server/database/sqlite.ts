import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { type CompiledQuery, type DatabaseConnection, type Dialect, SqliteDialect } from 'kysely';
import LibsqlDatabase from 'libsql';
import type { Clock } from '../runtime/clock.ts';
import { DatabaseError } from './database-error.ts';

/** How long a write waits for another process's, in ms. Source: 20 of 20 concurrent transactions pass with it. */
const BUSY_LIMIT_MS = 5_000;
const TRY_AGAIN_MS = 10;
/** Pages kept in memory, in KiB: a filter that looks at 100,000 calls takes a third less time with it than with the default of 2,000. */
const CACHE_KIB = 32_000;

/**
 * SQLite in one file. Queries run one after another on one connection; a transaction takes the write lock as it begins,
 * so that one that reads first and writes then never finds that another process was faster, and so does a write that
 * stands alone.
 */
export function sqliteDialect(file: string, clock: Clock): Dialect {
  const opened = openFile(file);
  const plain = new SqliteDialect({ database: opened });
  const begin = () => patiently(clock, () => opened.exec('begin immediate'));
  return {
    createAdapter: () => plain.createAdapter(),
    createQueryCompiler: () => plain.createQueryCompiler(),
    createIntrospector: (db) => plain.createIntrospector(db),
    createDriver() {
      const driver = plain.createDriver();
      const acquire = driver.acquireConnection.bind(driver);
      return Object.assign(driver, {
        beginTransaction: begin,
        async acquireConnection(): Promise<DatabaseConnection> {
          const connection = await acquire();
          return {
            streamQuery: (query, chunkSize) => connection.streamQuery(query, chunkSize),
            async executeQuery<R>(query: CompiledQuery) {
              const execute = () => connection.executeQuery<R>(query);
              if (opened.inTransaction) return execute();
              if (isRead(query)) return patiently(clock, execute);
              await begin();
              try {
                const result = await execute();
                opened.exec('commit');
                return result;
              } finally {
                if (opened.inTransaction) opened.exec('rollback');
              }
            },
          };
        },
      });
    },
  };
}

function isRead({ query, sql }: CompiledQuery): boolean {
  return query.kind === 'SelectQueryNode' || /^\s*(select|pragma)\b/i.test(sql);
}

/**
 * Tries again while another process has the lock. Only for what leaves nothing behind when it fails: a prepared write
 * that was refused counts as begun until it is collected as garbage, and no transaction can be committed until then.
 */
async function patiently<T>(clock: Clock, attempt: () => T | Promise<T>): Promise<T> {
  const untilMs = clock.nowMs() + BUSY_LIMIT_MS;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      const isBusy = (error as { code?: string }).code === 'SQLITE_BUSY';
      if (!isBusy || clock.nowMs() >= untilMs) throw error;
      await new Promise<void>((resolve) => clock.at(clock.nowMs() + TRY_AGAIN_MS, resolve));
    }
  }
}

function openFile(file: string): LibsqlDatabase.Database {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    // It holds what callers said; the files that SQLite puts beside it take its mode.
    if (!existsSync(file)) closeSync(openSync(file, 'a', 0o600));
    const database = new LibsqlDatabase(file);
    database.pragma(`busy_timeout = ${BUSY_LIMIT_MS}`);
    database.pragma('journal_mode = WAL');
    // What was acknowledged to an agent is on disk: nobody ships it again.
    database.pragma('synchronous = FULL');
    database.pragma('foreign_keys = ON');
    // What a caller wants deleted stands in no unused part of the file.
    database.pragma('secure_delete = ON');
    // A deleted call leaves nothing in the pages that it gives back.
    database.pragma('secure_delete = ON');
    database.pragma(`cache_size = -${CACHE_KIB}`);
    // From here on the wait is ours: SQLite's own would stand still, and the whole process with it.
    database.pragma('busy_timeout = 0');
    return database;
  } catch (cause) {
    throw sqliteError(file, cause);
  }
}

/** What a fault of SQLite means to whoever runs the server. */
export function sqliteError(file: string, cause: unknown): DatabaseError {
  const { code = '', message = String(cause) } = cause as { code?: string; message?: string };
  if (code === 'SQLITE_NOTADB' || code === 'SQLITE_CORRUPT') {
    return new DatabaseError(
      'not_a_database',
      `${file} is no sound SQLite database. Put a copy of it back, or move it away: a new one is made then, and agents ship what they still have.`,
      { cause },
    );
  }
  const isDisk = /^SQLITE_(READONLY|CANTOPEN|IOERR|FULL|PERM)/.test(code) || /unable to open/i.test(message);
  if (isDisk || /^E(ACCES|PERM|ROFS|NOSPC|EXIST|NOTDIR)$/.test(code)) {
    return new DatabaseError(
      'not_writable',
      `${file} cannot be opened and written (${message}). Correct the owner of its folder or make room, or set PARLEY_DATA to another folder.`,
      { cause },
    );
  }
  return new DatabaseError('failed', `${file}: ${message}`, { cause });
}
