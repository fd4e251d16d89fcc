import { readFileSync } from 'node:fs';
import { shipmentSchema } from '@parley/contracts/internal-api';
import { NO_PRICES } from '@parley/engine/cost/price-table';
import { createCallRecorder } from '@parley/web/server/calls/call-recorder';
import { openDatabase } from '@parley/web/server/database/open-database';
import { createMonotonicClock } from '@parley/web/server/runtime/clock';
import { pino } from 'pino';
import { z } from 'zod';

/** The part of a server that stores journals, to be killed at any moment: what it has acknowledged is its output. */
const taskSchema = z.object({
  databaseUrl: z.string().nullable(),
  dataDir: z.string(),
  /** A file with a list of shipments, each a whole journal. */
  journalsFile: z.string(),
  linesAtOnce: z.number(),
});
/** Until the database is asked again, in ms. */
const ASK_AGAIN_MS = 50;

const task = taskSchema.parse(JSON.parse(process.argv[2] ?? ''));
const journals = z.array(shipmentSchema).parse(JSON.parse(readFileSync(task.journalsFile, 'utf8')));
const clock = createMonotonicClock();
const database = await untilItAnswers(() =>
  openDatabase({ ...task, clock, nowEpochMs: 0, onConnectionLost: () => {} }),
);
const recorder = createCallRecorder({
  database: () => database,
  prices: NO_PRICES,
  clock,
  log: pino({ level: 'silent' }),
  onStored: () => {},
});

await Promise.all(
  journals.map(async ({ header, lines }) => {
    let nextSeq = 0;
    while (nextSeq < lines.length) {
      const shipment = { header, lines: lines.slice(nextSeq, nextSeq + task.linesAtOnce), isLast: false };
      const answer = await untilItAnswers(() => recorder.store(shipment));
      if (answer.kind !== 'stored') throw new Error(`${header.callId}: ${answer.kind}`);
      nextSeq = answer.nextSeq;
      process.stdout.write(`${header.callId} ${nextSeq}\n`);
    }
  }),
);
await recorder.close();
await database.close();

async function untilItAnswers<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
      await new Promise<void>((resolve) => clock.at(clock.nowMs() + ASK_AGAIN_MS, resolve));
    }
  }
}
