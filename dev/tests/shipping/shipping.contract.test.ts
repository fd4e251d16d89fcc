import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { journalPath, openJournal } from '@parley/agent/call/journal';
import { createMonotonicClock } from '@parley/agent/runtime/clock';
import { createFindLeftovers } from '@parley/agent/shipping/find-leftovers';
import { shipLeftovers } from '@parley/agent/shipping/leftovers';
import { openShipping } from '@parley/agent/shipping/open-shipping';
import { createShipper } from '@parley/agent/shipping/shipper';
import { createInternalClient } from '@parley/agent/worker/internal-client';
import { createInternalRequest } from '@parley/agent/worker/internal-request';
import { mintInternalToken } from '@parley/agent/worker/internal-token';
import { callIdSchema, MAIN_SEAT } from '@parley/contracts/ids';
import { reduceCall } from '@parley/engine/call/reduce';
import { initialCallState } from '@parley/engine/call/state';
import { testSettings } from '@parley/engine/call/testing/call-settings';
import { CALLER, VirtualCall } from '@parley/engine/call/testing/virtual-call';
import { headerOf } from '@parley/engine/replay/testing/journal-text';
import { parseSettings } from '@parley/web/server/config/settings';
import { createMonotonicClock as createServerClock } from '@parley/web/server/runtime/clock';
import { startServer, type WebServer } from '@parley/web/server/server';
import { pino } from 'pino';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { findFreePort } from '../../ports/free-port.ts';

const key = { apiKey: 'key', apiSecret: 'a secret that is long enough for a signature' };
const log = pino({ level: 'silent' });
const clock = createMonotonicClock();
const settings = testSettings();
const never = new AbortController().signal;
/** Ten times what it takes. */
const WAIT = { timeout: 30_000, interval: 20 };

function folder(): string {
  const made = mkdtempSync(path.join(tmpdir(), 'parley-shipping-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

/** A server with a database of its own, which may be stopped and started again, and no SFU behind it. */
async function serverPlace() {
  const port = await findFreePort();
  const sfuPort = await findFreePort();
  const dataDir = folder();
  let server: WebServer | null = null;
  const stop = async () => {
    await server?.close();
    server = null;
  };
  const start = async () => {
    server = await startServer({
      settings: parseSettings({
        PORT: String(port),
        PARLEY_DATA: dataDir,
        LIVEKIT_URL: `ws://127.0.0.1:${sfuPort}`,
        LIVEKIT_API_KEY: key.apiKey,
        LIVEKIT_API_SECRET: key.apiSecret,
      }),
      clientDir: '/nonexistent',
      clock: createServerClock(),
      log,
    });
  };
  onTestFinished(stop);
  await start();
  const url = `http://127.0.0.1:${port}`;
  const request = createInternalRequest({
    serverUrl: url,
    mintToken: () => mintInternalToken(key),
    fetch,
    clock,
  });
  return { dataDir, request, start, stop, url };
}

const shippingOf = (request: Awaited<ReturnType<typeof serverPlace>>['request'], sendsFiles: boolean) =>
  openShipping({ request, sendsFiles, clock, random: Math.random, log });

/** A call of two turns, step by step, as its process writes it. */
function writtenCall(options: Pick<Parameters<typeof openJournal>[0], 'dataDir' | 'follow'>, id: string) {
  const header = { ...headerOf(settings), callId: callIdSchema.parse(id) };
  const journal = openJournal({ ...options, header, log });
  const call = new VirtualCall(settings).connect();
  call.say(3_000, 4_000, 'are you open on sundays').say(9_000, 10_000, 'thank you');
  call.send(16_000, { type: 'participantLeft', data: { participantId: CALLER, reason: 'left' } }).run(30_000);
  let state = initialCallState(settings);
  const steps = call.events.map((event) => () => {
    const next = reduceCall(state, event);
    state = next.state;
    journal.append(
      event,
      next.commands,
      next.commands.some(({ type }) => type === 'recordTurn'),
    );
  });
  const file = journalPath(options.dataDir, header);
  const written = () =>
    readFileSync(file, 'utf8')
      .split('\n')
      .slice(1, -1)
      .map((line) => JSON.parse(line));
  return { callId: header.callId, generation: header.generation, journal, steps, file, written };
}

describe('the journal of a call', () => {
  it('is at the server line by line, over restarts of the server', async () => {
    const place = await serverPlace();
    const shipping = shippingOf(place.request, false);
    const shipper = createShipper(shipping);
    const call = writtenCall({ dataDir: folder(), follow: shipper.follow(() => {}) }, 'RM_live');
    const half = Math.floor(call.steps.length / 2);
    for (const step of call.steps.slice(0, half)) step();
    await vi.waitFor(() => expect(shipper.counts().backlogLines).toBe(0), WAIT);
    await place.stop();
    for (const step of call.steps.slice(half)) step();
    call.journal.close();
    await vi.waitFor(() => expect(shipper.counts().failures).toBeGreaterThan(1), WAIT);
    await place.start();
    await vi.waitFor(() => expect(readdirSync(path.dirname(call.file))).toHaveLength(2), WAIT);
    await shipper.close();
    const server = createInternalClient(place.request);
    const { journals } = await server.journals(call.callId, MAIN_SEAT, never);
    expect(journals.map(({ lines }) => lines)).toEqual([call.written()]);
    expect(journals[0]?.header).toMatchObject({ callId: 'RM_live', agent: 'desk' });
  });

  it('that was left behind is at the server too, with the recording, where the disks are two', async () => {
    const place = await serverPlace();
    const dataDir = folder();
    const call = writtenCall({ dataDir }, 'RM_left');
    for (const step of call.steps) step();
    const lines = call.written();
    const sound = randomBytes(200_000);
    writeFileSync(path.join(path.dirname(call.file), `RM_left.${call.generation}.wav.part`), sound);
    const journal = readFileSync(call.file);
    const leftovers = shipLeftovers({
      ...shippingOf(place.request, true),
      findLeftovers: createFindLeftovers(dataDir, Date.now),
    });
    await vi.waitFor(() => expect(readdirSync(path.dirname(call.file))).toEqual([]), WAIT);
    await leftovers.close();
    const { journals } = await createInternalClient(place.request).journals(call.callId, MAIN_SEAT, never);
    expect(journals.map((stored) => stored.lines)).toEqual([lines]);
    const there = (file: string) => readFileSync(path.join(place.dataDir, path.relative(dataDir, file)));
    expect(there(call.file).equals(journal)).toBe(true);
    expect(there(call.file.replace('main.1.ndjson', '1.wav.part')).equals(sound)).toBe(true);
  });

  it('of a call that was deleted meanwhile is deleted where it lies, and what lies beside it', async () => {
    const place = await serverPlace();
    const dataDir = folder();
    const shipper = createShipper(shippingOf(place.request, false));
    const call = writtenCall({ dataDir, follow: shipper.follow(() => {}) }, 'RM_deleted');
    for (const step of call.steps) step();
    call.journal.close();
    await vi.waitFor(() => expect(readdirSync(path.dirname(call.file))).toHaveLength(2), WAIT);
    await shipper.close();
    // As if the answer to the last shipment had been lost.
    rmSync(`${call.file}.shipped`);
    writeFileSync(path.join(path.dirname(call.file), 'RM_deleted.wav'), 'sound');
    const deleted = await fetch(`${place.url}/api/calls/RM_deleted`, { method: 'DELETE' });
    expect(deleted.status).toBe(204);
    const leftovers = shipLeftovers({
      ...shippingOf(place.request, false),
      findLeftovers: createFindLeftovers(dataDir, Date.now),
    });
    await vi.waitFor(() => expect(readdirSync(path.dirname(call.file))).toEqual([]), WAIT);
    await leftovers.close();
  });
});
