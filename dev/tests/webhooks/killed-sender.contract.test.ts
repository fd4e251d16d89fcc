import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { NO_PRICES } from '@parley/engine/cost/price-table';
import { createCallRecorder } from '@parley/web/server/calls/call-recorder';
import { journalOfCall, shipmentOf } from '@parley/web/server/calls/testing/test-shipments';
import { sqliteData } from '@parley/web/server/database/testing/test-databases';
import { createMonotonicClock } from '@parley/web/server/runtime/clock';
import { deliveriesOf } from '@parley/web/server/webhooks/delivery-log';
import { LEASE_MS } from '@parley/web/server/webhooks/leased-delivery';
import { createWebhookStore } from '@parley/web/server/webhooks/webhook-store';
import { pino } from 'pino';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { bundle } from '../../build/bundle.mjs';
import { projectFolder } from '../../project-folder.ts';

let program: string;
let data: Awaited<ReturnType<typeof sqliteData>>;
let receiver: Server;
const children: ChildProcess[] = [];
beforeAll(async () => {
  // Within the package of the server: that is where it finds its database.
  const outFolder = join(projectFolder(), 'web', 'node_modules', '.cache', 'parley-tests');
  const source = join(projectFolder(), 'dev', 'tests', 'webhooks', 'send-process.ts');
  await bundle({ entries: { 'send-process': source }, outFolder });
  program = join(outFolder, 'send-process.js');
});
beforeEach(async () => {
  data = await sqliteData();
  receiver = createServer();
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  for (const child of children.splice(0)) await kill(child);
  receiver.closeAllConnections();
  await new Promise((resolve) => receiver.close(resolve));
  await data.close();
});

function startSending(aheadMs: number): ChildProcess {
  const { port } = receiver.address() as AddressInfo;
  const task = { dataDir: data.dataDir, allow: `127.0.0.1:${port}`, aheadMs };
  const child = spawn(process.execPath, [program, JSON.stringify(task)], { stdio: 'ignore' });
  children.push(child);
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

async function nextRequest(): Promise<{ readonly id: unknown; readonly response: ServerResponse }> {
  const [request, response] = (await once(receiver, 'request')) as [IncomingMessage, ServerResponse];
  return { id: request.headers['webhook-id'], response };
}

it('a message whose sender was killed while it sent comes again, under its id, from the next', async () => {
  const database = await data.open();
  const { port } = receiver.address() as AddressInfo;
  const webhooks = createWebhookStore({ database: () => database, nowEpochMs: () => 0 });
  const url = `http://127.0.0.1:${port}/`;
  const { webhookId } = await webhooks.make({ url, events: ['call.started', 'call.ended'], description: '' });
  const recorder = createCallRecorder({
    database: () => database,
    prices: NO_PRICES,
    clock: createMonotonicClock(),
    log: pino({ level: 'silent' }),
    onStored: () => {},
  });
  await recorder.store(shipmentOf(journalOfCall('RM_1', { texts: ['hello'] })));
  await recorder.close();

  const asked = nextRequest();
  const first = startSending(0);
  const { id } = await asked;
  await kill(first);

  const askedAgain = nextRequest();
  startSending(LEASE_MS);
  const again = await askedAgain;
  expect(again.id).toBe(id);
  const askedNext = nextRequest();
  again.response.writeHead(204).end();
  const next = await askedNext;
  expect(next.id).not.toBe(id);
  next.response.writeHead(204).end();
  const sent = async () =>
    (await deliveriesOf(database, webhookId, { limit: 10 })).deliveries.map(({ type, state, attempts }) => [
      type,
      state,
      attempts,
    ]);
  await expect.poll(sent).toEqual([
    ['call.ended', 'delivered', 1],
    ['call.started', 'delivered', 1],
  ]);
});
