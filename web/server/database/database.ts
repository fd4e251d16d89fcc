import type { Kysely, Transaction } from 'kysely';
import type { Tables } from './tables.ts';

export type SqlDialect = 'sqlite' | 'postgres';

/** An open database whose tables are those of this server. */
export interface Database {
  readonly dialect: SqlDialect;
  readonly db: Kysely<Tables>;
  /** May be called twice; queries under way are let finish. */
  close(): Promise<void>;
}

/** Where queries go: the database itself, or a transaction of it. */
export type Queries = Kysely<Tables> | Transaction<Tables>;
