import { openDatabase } from '@parley/web/server/database/open-database';
import { readAllowRule } from '@parley/web/server/outgoing/allow-list';
import { createOutgoing } from '@parley/web/server/outgoing/outgoing';
import { createMonotonicClock } from '@parley/web/server/runtime/clock';
import { startWebhookSender } from '@parley/web/server/webhooks/webhook-sender';
import { createWebhookStore } from '@parley/web/server/webhooks/webhook-store';
import { pino } from 'pino';
import { z } from 'zod';

/** The part of a server that sends webhooks, to be killed in the middle of it. */
const taskSchema = z.object({
  dataDir: z.string(),
  /** What it may send to. */
  allow: z.string(),
  /** How far its wall clock is ahead, in ms: it starts so much later. */
  aheadMs: z.number(),
});

const task = taskSchema.parse(JSON.parse(process.argv[2] ?? ''));
const clock = createMonotonicClock();
const nowEpochMs = () => Date.now() + task.aheadMs;
const log = pino({ level: 'silent' });
const open = await openDatabase({
  databaseUrl: null,
  dataDir: task.dataDir,
  clock,
  nowEpochMs: nowEpochMs(),
  onConnectionLost: () => {},
});
const database = () => open;
const rule = readAllowRule(task.allow);
const outgoing = createOutgoing({ allow: rule === null ? [] : [rule] });
const webhooks = createWebhookStore({ database, nowEpochMs });
startWebhookSender({ database, webhooks, outgoing, clock, nowEpochMs, random: () => 0, log });
