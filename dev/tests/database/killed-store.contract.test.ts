import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MAIN_SEAT } from '@parley/contracts/ids';
import { storedJournalsSchema } from '@parley/contracts/internal-api';
import { fold, read } from '@parley/engine/record/testing/folded-call';
import { journalsJson } from '@parley/web/server/calls/journal-rows';
import { journalOfCall, shipmentOf } from '@parley/web/server/calls/testing/test-shipments';
import type { Database } from '@parley/web/server/database/database';
import { openDatabase } from '@parley/web/server/database/open-database';
import { findPostgres, startPostgres } from '@parley/web/server/database/testing/postgres-server';
import { createMonotonicClock } from '@parley/web/server/runtime/clock';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundle } from '../../build/bundle.mjs';
import { projectFolder } from '../../project-folder.ts';

const CALLS = 4;
const KILLS = 6;
const TALK = ['what are your prices', 'and on sundays', 'do you take dogs', 'thank you'];

let folder: string;
let program: string;
const journals = Array.from({ length: CALLS }, (_, index) => journalOfCall(`RM_${index}`, { texts: TALK }));
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-killed-'));
  await writeFile(
    join(folder, 'journals.json'),
    JSON.stringify(journals.map((journal) => shipmentOf(journal))),
  );
  // Within the package of the server: that is where it finds its databases.
  const outFolder = join(projectFolder(), 'web', 'node_modules', '.cache', 'parley-tests');
  const source = join(projectFolder(), 'dev', 'tests', 'database', 'store-process.ts');
  await bundle({ entries: { 'store-process': source }, outFolder });
  program = join(outFolder, 'store-process.js');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Place {
  readonly databaseUrl: string | null;
  readonly dataDir: string;
}

/** Stores the journals in a process of its own. `onAck` hears of each acknowledgement, as an agent would. */
function storeIn(place: Place, onAck: (acknowledged: number) => void) {
  const task = { ...place, journalsFile: join(folder, 'journals.json'), linesAtOnce: 7 };
  const child = spawn(process.execPath, [program, JSON.stringify(task)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const acknowledged = new Map<string, number>();
  let [rest, words, count] = ['', '', 0];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const [callId = '', nextSeq] = line.split(' ');
      acknowledged.set(callId, Number(nextSeq));
      onAck(++count);
    }
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-2_000);
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  return { acknowledged, ended, words: () => words, kill: () => child.kill('SIGKILL') };
}

/** Holds what is stored against what was acknowledged, and against itself. */
async function check(place: Place, acknowledged: ReadonlyMap<string, number>): Promise<void> {
  const database: Database = await openDatabase({
    ...place,
    clock: createMonotonicClock(),
    nowEpochMs: 0,
    onConnectionLost: () => {},
  });
  try {
    for (const { header, lines } of journals) {
      const { journals: stored } = storedJournalsSchema.parse(
        JSON.parse(await journalsJson(database.db, header.callId, MAIN_SEAT)),
      );
      const kept = stored[0]?.lines ?? [];
      expect(kept.length).toBeGreaterThanOrEqual(acknowledged.get(header.callId) ?? 0);
      expect(kept).toEqual(lines.slice(0, kept.length));
      if (stored.length === 0) continue;
      const row = await database.db
        .selectFrom('calls')
        .select(['number', 'state', 'turn_count'])
        .where('call_id', '=', header.callId)
        .executeTakeFirstOrThrow();
      const turns = await database.db
        .selectFrom('turns')
        .select('turn_json')
        .where('call_number', '=', row.number)
        .orderBy('id')
        .execute();
      const told = read(fold([{ header, lines: kept }]));
      expect(turns.map(({ turn_json }) => JSON.parse(turn_json))).toEqual(
        JSON.parse(JSON.stringify(told.turns)),
      );
      expect(row).toMatchObject({ state: told.facts.state, turn_count: told.turns.length });
    }
  } finally {
    await database.close();
  }
}

/** Kills the process again and again, each of which gets a little further, and lets the last one end. */
async function storeThroughKills(place: Place): Promise<void> {
  const steps = journals.reduce((sum, { lines }) => sum + Math.ceil(lines.length / 7), 0);
  for (let round = 1; round <= KILLS; round++) {
    const killAt = Math.ceil((steps * (round % 3)) / (3 * KILLS)) + round;
    const child = storeIn(place, (count) => {
      if (count === killAt) child.kill();
    });
    expect(await child.ended, child.words()).toBeNull();
    await check(place, child.acknowledged);
  }
  const last = storeIn(place, () => {});
  expect(await last.ended, last.words()).toBe(0);
  await check(place, new Map(journals.map(({ header, lines }) => [header.callId, lines.length])));
}

describe('what was acknowledged is stored, whenever the server is killed', () => {
  it('in SQLite', () => storeThroughKills({ databaseUrl: null, dataDir: join(folder, 'data') }));

  it.skipIf(findPostgres() === null)(
    'in PostgreSQL, where one is installed, and when that is killed too',
    async () => {
      const postgres = await startPostgres();
      try {
        const killed = { databaseUrl: await postgres.createDatabase('killed'), dataDir: folder };
        await storeThroughKills(killed);
        const place = { databaseUrl: await postgres.createDatabase('lost'), dataDir: folder };
        let restart = Promise.resolve();
        const child = storeIn(place, (count) => {
          if (count % 25 === 0) restart = restart.then(() => postgres.kill()).then(() => postgres.start());
        });
        const code = await child.ended;
        await restart;
        expect(code, child.words()).toBe(0);
        await check(place, child.acknowledged);
      } finally {
        await postgres.close();
      }
    },
  );
});
