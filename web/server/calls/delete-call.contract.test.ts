import { callIdSchema } from '@parley/contracts/ids';
import { NO_PRICES } from '@parley/engine/cost/price-table';
import { sql } from 'kysely';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../database/database.ts';
import { databaseKinds, type TestData } from '../database/testing/test-databases.ts';
import { createLiveFeed } from '../live/live-feed.ts';
import { createCallFiles } from '../recordings/call-files.ts';
import { createVirtualClock } from '../runtime/testing/virtual-clock.ts';
import { journalText } from './call-journal.ts';
import { callDetail } from './call-queries.ts';
import { createCallRecorder } from './call-recorder.ts';
import { createCallEraser } from './delete-call.ts';
import { findCall } from './find-call.ts';
import { journalOfCall, shipmentOf } from './testing/test-shipments.ts';

const EVERY = { kind: 'every' } as const;

describe.each(databaseKinds())('on $name', (kind) => {
  let data: TestData;
  let database: Database;
  beforeAll(async () => {
    await kind.start();
    data = await kind.newData();
    database = await data.open();
  }, 120_000);
  afterAll(async () => {
    await data.close();
    await kind.stop();
  });

  it('a call is read whole and deleted whole', async () => {
    const recorder = createCallRecorder({
      database: () => database,
      prices: NO_PRICES,
      clock: createVirtualClock(),
      log: pino({ level: 'silent' }),
      onStored: () => {},
    });
    for (const callId of ['RM_1', 'RM_2'])
      await recorder.store(shipmentOf(journalOfCall(callId, { texts: ['hello', 'and goodbye'] })));
    const [gone, stays] = [callIdSchema.parse('RM_1'), callIdSchema.parse('RM_2')];
    const found = await findCall(database, gone, EVERY);
    let journal = '';
    for await (const text of journalText(database, found?.number ?? 0)) journal += text;
    const seqs = journal.trimEnd().split('\n').slice(1);
    expect(seqs.map((line) => JSON.parse(line).seq)).toEqual(seqs.map((_, at) => at));

    const eraser = createCallEraser({
      database: () => database,
      files: createCallFiles({ dataDir: '/nonexistent' }),
      recorder,
      live: createLiveFeed(),
      nowEpochMs: () => 1,
    });
    await eraser.erase([{ callId: gone, ownerKeyId: null }]);
    await eraser.erase([{ callId: gone, ownerKeyId: null }]);
    expect(await callDetail(database, gone, EVERY)).toBeNull();
    expect((await callDetail(database, stays, EVERY))?.turns.length).toBeGreaterThan(2);
    for (const table of ['turns', 'tool_calls', 'moments', 'journals', 'journal_chunks'] as const) {
      const { rows } =
        await sql`select 1 from ${sql.table(table)} where call_number = ${found?.number ?? 0}`.execute(
          database.db,
        );
      expect([table, rows]).toEqual([table, []]);
    }
    expect(await recorder.store(shipmentOf(journalOfCall('RM_1', { texts: ['late'] })))).toEqual({
      kind: 'deleted',
    });
    await recorder.close();
  });
});
