import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '@parley/web/server/database/open-database';
import { createMonotonicClock } from '@parley/web/server/runtime/clock';
import { z } from 'zod';
import { createVocabulary, generateCalls } from './generated-calls.ts';
import { measureHistory } from './measure-history.ts';

/** Makes calls in a database of its own and asks for them. Its output is progress, and as its last line the figures. */
const taskSchema = z.object({
  calls: z.number().int().min(1),
  asked: z.number().int().min(1),
  databaseUrl: z.string().nullable(),
});
const VOCABULARY = 20_000;
const TELL_EVERY_CALLS = 10_000;
const GOAL_P95_MS = 100;

const { calls, asked, databaseUrl } = taskSchema.parse(JSON.parse(process.argv[2] ?? ''));
const clock = createMonotonicClock();
const dataDir = mkdtempSync(join(tmpdir(), 'parley-history-'));
process.on('exit', () => rmSync(dataDir, { recursive: true, force: true }));
const database = await openDatabase({
  databaseUrl,
  dataDir,
  clock,
  nowEpochMs: 0,
  onConnectionLost: () => {},
});
const vocabulary = createVocabulary(VOCABULARY);
const startedAtMs = clock.nowMs();
await generateCalls(database, {
  calls,
  vocabulary,
  onProgress: (made) => {
    if (made % TELL_EVERY_CALLS === 0) process.stdout.write(`${made} calls made\n`);
  },
});
const madeInS = Math.round((clock.nowMs() - startedAtMs) / 1_000);
const newest = await database.db
  .selectFrom('calls')
  .select((by) => [by.fn.max('created_at_ms').as('at_ms'), by.fn.countAll<number>().as('calls')])
  .executeTakeFirstOrThrow();
const { turns } = await database.db
  .selectFrom('turns')
  .select((by) => by.fn.countAll<number>().as('turns'))
  .executeTakeFirstOrThrow();
const questions = await measureHistory(database, {
  vocabulary,
  newestAtMs: newest.at_ms,
  asked,
  nowMs: clock.nowMs,
});
await database.close();
const isMet = questions.every(({ p95Ms }) => p95Ms <= GOAL_P95_MS);
const { dialect } = database;
const figures = { dialect, calls: newest.calls, turns, madeInS, goalP95Ms: GOAL_P95_MS, isMet, questions };
process.stdout.write(`${JSON.stringify(figures)}\n`);
