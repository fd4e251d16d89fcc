import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { callIdSchema } from '@parley/contracts/ids';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newCallRow } from '../calls/call-row.ts';
import { createMonotonicClock } from '../runtime/clock.ts';
import { MIGRATIONS } from './migrations/migrations.ts';
import { DATABASE_FILE, openDatabase } from './open-database.ts';
import { findPostgres, startPostgres, type TestPostgres } from './testing/postgres-server.ts';
import { databaseKinds } from './testing/test-databases.ts';

const open = (where: { readonly databaseUrl: string | null; readonly dataDir: string }) =>
  openDatabase({ ...where, clock: createMonotonicClock(), nowEpochMs: 0, onConnectionLost: () => {} });

describe.each(databaseKinds().filter(({ isShared }) => isShared))('the tables on $name', (kind) => {
  beforeAll(kind.start);
  afterAll(kind.stop);

  it('are made once by servers that start together', async () => {
    const data = await kind.newData();
    const databases = await Promise.all(Array.from({ length: 4 }, () => data.open()));
    for (const { db } of databases) {
      const { rows } = await sql<{ step: number }>`select step from schema_steps order by step`.execute(db);
      expect(rows.map(({ step }) => step)).toEqual(MIGRATIONS.map((_, index) => index + 1));
      expect(await db.selectFrom('calls').selectAll().execute()).toEqual([]);
    }
    await data.close();
  });

  it('of a newer server are left alone', async () => {
    const data = await kind.newData();
    const { db } = await data.open();
    await sql`insert into schema_steps (step, done_at_ms) values (${MIGRATIONS.length + 1}, 0)`.execute(db);
    await expect(data.open()).rejects.toMatchObject({
      code: 'newer_schema',
      message: expect.stringContaining('newer Parley'),
    });
    await data.close();
  });
});

describe('a SQLite file', () => {
  const inFolder = async (test: (dataDir: string) => Promise<void>) => {
    const dataDir = await mkdtemp(join(tmpdir(), 'parley-data-'));
    await test(dataDir).finally(() => rm(dataDir, { recursive: true, force: true }));
  };

  it('is read by nobody else on the machine', () =>
    inFolder(async (dataDir) => {
      const database = await open({ databaseUrl: null, dataDir });
      for (const name of [DATABASE_FILE, `${DATABASE_FILE}-wal`])
        expect((await stat(join(dataDir, name))).mode & 0o777).toBe(0o600);
      await database.close();
      await database.close();
    }));

  it('holds nothing of what was deleted', () =>
    inFolder(async (dataDir) => {
      const { db, close } = await open({ databaseUrl: null, dataDir });
      const call = { callId: callIdSchema.parse('RM_1'), roomName: 'r', agent: 'a', ownerKeyId: null };
      const turn = {
        call_number: 1,
        role: 'caller',
        words: 'xylophonist',
        turn_json: '"Xylophonist"',
      } as const;
      await db
        .insertInto('calls')
        .values({ ...newCallRow({ ...call, createdAtMs: 0 }), number: 1 })
        .execute();
      for (let id = 1; id <= 100; id++)
        await db
          .insertInto('turns')
          .values({ ...turn, id, words: id === 50 ? turn.words : `word${id}` })
          .execute();
      const found = () =>
        sql`select rowid from turn_search where turn_search match 'xylophonist'`.execute(db);
      expect((await found()).rows).toEqual([{ rowid: 50 }]);
      await db.deleteFrom('calls').execute();
      expect((await found()).rows).toEqual([]);
      await sql`pragma wal_checkpoint(truncate)`.execute(db);
      for (const name of [DATABASE_FILE, `${DATABASE_FILE}-wal`])
        expect((await readFile(join(dataDir, name), 'latin1')).toLowerCase()).not.toContain('xylophonist');
      await close();
    }));

  it('that is something else is told as such', () =>
    inFolder(async (dataDir) => {
      await writeFile(
        join(dataDir, DATABASE_FILE),
        'no database at all, but long enough to be read as one'.repeat(50),
      );
      await expect(open({ databaseUrl: null, dataDir })).rejects.toMatchObject({ code: 'not_a_database' });
    }));

  it('that cannot be made is told with its folder', () =>
    inFolder(async (dataDir) => {
      await writeFile(join(dataDir, 'file'), '');
      await chmod(join(dataDir, 'file'), 0o600);
      await expect(open({ databaseUrl: null, dataDir: join(dataDir, 'file') })).rejects.toMatchObject({
        code: 'not_writable',
        message: expect.stringContaining(dataDir),
      });
    }));
});

describe.skipIf(findPostgres() === null)('a PostgreSQL, where one is installed', () => {
  let postgres: TestPostgres;
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => postgres.close());
  const fault = (databaseUrl: string) =>
    open({ databaseUrl, dataDir: '/nonexistent' }).then(
      () => null,
      (error: Error & { code: string }) => ({ code: error.code, message: error.message }),
    );

  it('tells a wrong password without telling it', async () => {
    const wrong = await fault(postgres.url('postgres', 'hush-hush'));
    expect(wrong).toMatchObject({ code: 'login_refused' });
    expect(wrong?.message).not.toContain('hush');
  });

  it('tells a database that is not there', async () => {
    expect(await fault(postgres.url('nowhere'))).toMatchObject({
      code: 'no_such_database',
      message: expect.stringContaining('createdb nowhere'),
    });
  });

  it('tells an address where nobody answers', async () => {
    const away = await startPostgres();
    await away.kill();
    expect(await fault(away.url('postgres'))).toMatchObject({ code: 'unreachable' });
    await away.close();
  });
});
