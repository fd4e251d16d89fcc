import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCallEraser } from '../calls/delete-call.ts';
import { BEGUN_AT_MS, openCallWorld } from '../calls/testing/call-world.ts';
import { DatabaseError } from '../database/database-error.ts';
import { createVirtualClock } from '../runtime/testing/virtual-clock.ts';
import { type RetentionDeps, SWEEP_EVERY_MS, startRetention, sweepCalls } from './retention.ts';

const DAY_MS = 24 * 3_600_000;
const NOW_MS = BEGUN_AT_MS + 3_600_000;
let world: Awaited<ReturnType<typeof openCallWorld>>;
beforeEach(async () => {
  world = await openCallWorld();
});
afterEach(() => world.close());

function depsOf(retentionDays: number | null, database = () => world.database): RetentionDeps {
  const { files, live } = world;
  const nowEpochMs = () => NOW_MS;
  const eraser = createCallEraser({ database, files, recorder: world.recorder, live, nowEpochMs });
  return { database, eraser, files, retentionDays, nowEpochMs, log: pino({ level: 'silent' }) };
}

const sweep = (retentionDays: number | null) =>
  sweepCalls(depsOf(retentionDays), { signal: new AbortController().signal });

async function callIds(): Promise<string[]> {
  const rows = await world.database.db.selectFrom('calls').select('call_id').orderBy('call_id').execute();
  return rows.map(({ call_id }) => call_id);
}

async function fileNames(): Promise<string[]> {
  const entries = await readdir(join(world.dataDir, 'recordings'), { recursive: true, withFileTypes: true });
  return entries.flatMap((entry) => (entry.isFile() ? [entry.name] : [])).sort();
}

describe('calls that were kept for their days', () => {
  it('are deleted with their files, and no others', async () => {
    const old = BEGUN_AT_MS - 31 * DAY_MS;
    await world.ship('RM_old', ['hello'], { startedAtEpochMs: old });
    await world.ship('RM_old_running', ['hello'], { startedAtEpochMs: old }, { leaves: false });
    await world.ship('RM_young', ['hello'], { startedAtEpochMs: BEGUN_AT_MS - 29 * DAY_MS });
    for (const callId of ['RM_old', 'RM_old_running'])
      await world.putFile(`${callId}.main.1.ndjson`, 'x', old);
    await world.putFile('RM_young.wav', 'x', BEGUN_AT_MS - 29 * DAY_MS);
    await sweep(30);
    expect(await callIds()).toEqual(['RM_old_running', 'RM_young']);
    expect(await fileNames()).toEqual(['RM_old_running.main.1.ndjson', 'RM_young.wav']);
    expect(await world.ship('RM_old', ['hello'])).toEqual({ kind: 'deleted' });
  });

  it('are deleted however many there are', async () => {
    for (let at = 0; at < 3; at++) await world.ship(`RM_${at}`, ['hello'], { startedAtEpochMs: 0 });
    const { db } = world.database;
    const { number: _number, ...row } = await db
      .selectFrom('calls')
      .selectAll()
      .where('call_id', '=', 'RM_0')
      .executeTakeFirstOrThrow();
    const more = Array.from({ length: 250 }, (_, at) => ({ ...row, call_id: `RM_more${at}` }));
    await db.insertInto('calls').values(more).execute();
    await sweep(1);
    expect(await callIds()).toEqual([]);
  });

  it('go also where only their files are known, month by month', async () => {
    await world.putFile('RM_lost.main.1.ndjson', 'x', Date.UTC(2026, 7, 30));
    await world.putFile('RM_lately.main.1.ndjson', 'x', Date.UTC(2026, 9, 30));
    await world.putFile('notes.txt', 'x', Date.UTC(2026, 7, 30));
    await sweep(30);
    expect(await fileNames()).toEqual(['RM_lately.main.1.ndjson', 'notes.txt']);
  });

  it('stay where no days are set', async () => {
    await world.ship('RM_1', ['hello'], { startedAtEpochMs: 0 });
    await sweep(null);
    expect(await callIds()).toEqual(['RM_1']);
  });

  it('are looked for again and again, also after a time without a database', async () => {
    await world.ship('RM_1', ['hello'], { startedAtEpochMs: 0 });
    const clock = createVirtualClock();
    let asked = 0;
    const away = () => {
      asked++;
      throw new DatabaseError('unreachable', 'away');
    };
    const retention = startRetention({ ...depsOf(1, away), clock });
    await clock.advance(3 * SWEEP_EVERY_MS);
    expect(asked).toBe(4);
    await retention.close();
    await clock.advance(SWEEP_EVERY_MS);
    expect(asked).toBe(4);
    expect(await callIds()).toEqual(['RM_1']);
  });
});

describe('a deletion that a server did not bring to its end', () => {
  it('is brought to its end by the next, whatever days are set', async () => {
    await world.ship('RM_1', ['hello']);
    await world.ship('RM_2', ['hello']);
    await world.putFile('RM_1.wav', 'x');
    await world.database.db
      .insertInto('tombstones')
      .values({ call_id: 'RM_1', deleted_at_ms: NOW_MS })
      .execute();
    await sweep(null);
    expect(await callIds()).toEqual(['RM_2']);
    expect(await fileNames()).toEqual([]);
  });

  it('takes the file that an agent was still writing', async () => {
    await world.ship('RM_1', ['hello']);
    await world.request('/api/calls/RM_1', { method: 'DELETE' });
    await world.putFile('RM_1.wav', 'x');
    await sweep(null);
    expect(await fileNames()).toEqual([]);
  });
});
