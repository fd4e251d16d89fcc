import { type Kysely, sql } from 'kysely';
import type { SqlDialect } from './database.ts';
import { DatabaseError } from './database-error.ts';
import { MIGRATIONS } from './migrations/migrations.ts';
import type { Tables } from './tables.ts';

/** Only one server at a time makes tables; a number that nothing else takes. */
const MIGRATION_LOCK = 7_021_944_083;

/**
 * Brings the tables up to this server's, each step once, however many servers start together: the second waits for the
 * first and finds nothing to do. Rejects with `DatabaseError` where the tables are of a newer server.
 */
export async function migrate(db: Kysely<Tables>, dialect: SqlDialect, nowEpochMs: number): Promise<void> {
  await db.transaction().execute(async (trx) => {
    if (dialect === 'postgres') await sql`select pg_advisory_xact_lock(${MIGRATION_LOCK})`.execute(trx);
    await sql`create table if not exists schema_steps (step integer primary key, done_at_ms double precision not null)`.execute(
      trx,
    );
    const { rows } = await sql<{
      step: number;
    }>`select coalesce(max(step), 0) as step from schema_steps`.execute(trx);
    const done = rows[0]?.step ?? 0;
    if (done > MIGRATIONS.length)
      throw new DatabaseError(
        'newer_schema',
        `The database was made by a newer Parley (step ${done} of its tables, and this one knows ${MIGRATIONS.length}). Start that version, or give this one another database.`,
      );
    for (const [index, migration] of MIGRATIONS.entries()) {
      const step = index + 1;
      if (step <= done) continue;
      await migration(trx, dialect);
      await sql`insert into schema_steps (step, done_at_ms) values (${step}, ${nowEpochMs})`.execute(trx);
    }
  });
}
