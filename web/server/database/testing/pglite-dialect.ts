import { PGlite } from '@electric-sql/pglite';
import { type Dialect, PostgresDialect } from 'kysely';

/** PostgreSQL in this process, in memory, as one connection that queries take in turn. */
export function pgliteDialect(): Dialect {
  const lite = new PGlite({ parsers: { 20: Number } });
  let turn: Promise<void> = Promise.resolve();
  return new PostgresDialect({
    pool: {
      async connect() {
        const before = turn;
        let release = () => {};
        turn = new Promise((resolve) => {
          release = resolve;
        });
        await before;
        return {
          release,
          async query(text: string, parameters: readonly unknown[]) {
            const { rows, affectedRows = rows.length } = await lite.query(text, [...parameters]);
            return { command: text.trimStart().slice(0, 6).toUpperCase(), rowCount: affectedRows, rows };
          },
        } as never;
      },
      end: () => lite.close(),
    },
  });
}
