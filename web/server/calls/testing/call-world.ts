import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Scope } from '@parley/contracts/access-api';
import { madeApiKeySchema } from '@parley/contracts/access-api';
import type { JournalHeader } from '@parley/contracts/call-event';
import { NO_PRICES } from '@parley/engine/cost/price-table';
import { pino } from 'pino';
import { sqliteData } from '../../database/testing/test-databases.ts';
import { createLiveFeed } from '../../live/live-feed.ts';
import { utcMonthOf } from '../../runtime/clock.ts';
import { createVirtualClock } from '../../runtime/testing/virtual-clock.ts';
import { createTestApp } from '../../testing/test-app.ts';
import { createCallRecorder } from '../call-recorder.ts';
import { journalOfCall, shipmentOf } from './test-shipments.ts';

/** When the calls of a test begin, unless they say otherwise. */
export const BEGUN_AT_MS = Date.UTC(2026, 10, 21, 12);

/** A server with a database and a data folder of its own, which agents ship calls to. */
export async function openCallWorld(options: Parameters<typeof createTestApp>[0] = {}) {
  const data = await sqliteData();
  const database = await data.open();
  const live = createLiveFeed();
  const recorder = createCallRecorder({
    database: () => database,
    prices: NO_PRICES,
    clock: createVirtualClock(),
    log: pino({ level: 'silent' }),
    onStored({ call, ownerKeyId, turns }) {
      live.callStored(call, ownerKeyId);
      live.turnsStored(call.callId, turns, ownerKeyId);
    },
  });
  const app = createTestApp({
    nowEpochS: () => BEGUN_AT_MS / 1_000 + 3_600,
    ...options,
    database,
    dataDir: data.dataDir,
    recorder,
    live,
  });
  const folderOf = (startedAtMs: number) => join(data.dataDir, 'recordings', utcMonthOf(startedAtMs));
  return {
    ...app,
    database,
    dataDir: data.dataDir,
    recorder,
    /** Ships what was said in a call. */
    async ship(
      callId: string,
      texts: readonly string[],
      changes: Partial<JournalHeader> = {},
      { leaves = true }: { readonly leaves?: boolean } = {},
    ) {
      const { header, lines } = journalOfCall(callId, { texts, leaves });
      const whole = { header: { ...header, startedAtEpochMs: BEGUN_AT_MS, ...changes }, lines };
      return recorder.store({ ...shipmentOf(whole), isLast: leaves });
    },
    /** Puts a file of a call where its agent would have put it. */
    async putFile(name: string, content: string | Uint8Array, startedAtMs = BEGUN_AT_MS) {
      await mkdir(folderOf(startedAtMs), { recursive: true });
      await writeFile(join(folderOf(startedAtMs), name), content);
    },
    async makeKey(...scopes: readonly Scope[]) {
      const response = await app.post('/api/keys', { name: 'of a test', scopes });
      const { key, keyId } = madeApiKeySchema.parse(await response.json());
      return { keyId, headers: { authorization: `Bearer ${key}` } };
    },
    async close() {
      await recorder.close();
      await data.close();
    },
  };
}
