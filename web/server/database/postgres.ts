import { type Dialect, PostgresDialect } from 'kysely';
import pg from 'pg';
import { DatabaseError } from './database-error.ts';

/** How long a connection may take, in ms. */
const CONNECT_TIMEOUT_MS = 5_000;
/** How long one statement may, in ms: far more than any of ours; a query that hangs gives its connection back. */
const STATEMENT_TIMEOUT_MS = 30_000;
const MAX_CONNECTIONS = 10;

/** `onLost`: a connection was lost, as when the server restarts; the next query opens another. */
export function postgresDialect(url: string, onLost: (error: Error) => void): Dialect {
  const pool = new pg.Pool({
    connectionString: url,
    max: MAX_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    idle_in_transaction_session_timeout: STATEMENT_TIMEOUT_MS,
    keepAlive: true,
    application_name: 'parley',
    types: { getTypeParser: numberForBigint },
  });
  pool.on('error', onLost);
  // One that is in use between two queries of a transaction tells of its loss itself; unheard, that ends the process.
  pool.on('connect', (client) => client.on('error', onLost));
  return new PostgresDialect({ pool });
}

/** Every 64-bit integer of ours is an instant, a count or an id below 2^53. */
const numberForBigint: typeof pg.types.getTypeParser = ((oid: number, format?: 'text') =>
  oid === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(oid, format)) as never;

/** What a fault of PostgreSQL means to whoever runs the server. */
export function postgresError(url: string, cause: unknown): DatabaseError {
  const { code = '', message = String(cause) } = cause as { code?: string; message?: string };
  const { host, username, pathname } = new URL(url);
  const where = `PostgreSQL at ${host}`;
  if (code === '28P01' || code === '28000')
    return new DatabaseError(
      'login_refused',
      `${where} refuses the user ${username || 'without a name'} (${message}). Correct user and password in DATABASE_URL.`,
      { cause },
    );
  if (code === '3D000')
    return new DatabaseError(
      'no_such_database',
      `${where} has no database ${pathname.slice(1)}. Make it with: createdb ${pathname.slice(1)}`,
      { cause },
    );
  if (code === '42501')
    return new DatabaseError(
      'not_writable',
      `${where} does not let ${username} make tables (${message}). Let the user own the database of DATABASE_URL.`,
      { cause },
    );
  if (isConnectionFault(cause))
    return new DatabaseError(
      'unreachable',
      `${where} cannot be reached (${message}). Start it, or correct DATABASE_URL; unset, a file in PARLEY_DATA is used.`,
      { cause },
    );
  return new DatabaseError('failed', `${where}: ${message}`, { cause });
}

/** Whether the connection is at fault and not the query: the same query may succeed later. */
export function isConnectionFault(error: unknown): boolean {
  const { code = '', message = '' } = error as { code?: string; message?: string };
  // 08: connection exceptions. 57P: the server is stopping or starting. 53: it is out of connections, memory or disk.
  if (/^(08|57P|53)/.test(code) || /^E(CONN|HOST|NET|PIPE|AI_|TIMEDOUT|NOTFOUND)/.test(code)) return true;
  return /connection terminated|timeout exceeded when trying to connect|connection error/i.test(message);
}
