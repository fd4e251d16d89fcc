import type { Transaction } from 'kysely';
import type { SqlDialect } from '../database.ts';
import type { Tables } from '../tables.ts';

/** One step of the tables. It is never changed once it was released: a further step changes what it made. */
export type Migration = (trx: Transaction<Tables>, dialect: SqlDialect) => Promise<void>;
