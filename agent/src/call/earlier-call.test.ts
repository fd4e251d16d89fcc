import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { journalHeaderSchema } from '@parley/contracts/call-event';
import { callIdSchema, MAIN_SEAT } from '@parley/contracts/ids';
import { testSettings } from '@parley/engine/call/testing/call-settings';
import { VirtualCall } from '@parley/engine/call/testing/virtual-call';
import { journalLines } from '@parley/engine/replay/testing/journal-text';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDeferred } from '../runtime/deferred.ts';
import { createVirtualClock } from '../runtime/virtual-clock.ts';
import { type AskServer, findEarlierCall } from './earlier-call.ts';

const callId = callIdSchema.parse('RM_replayed');
const nowEpochMs = Date.UTC(2026, 11, 1, 0, 10);
const clock = createVirtualClock();
let dataDir: string;

beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'parley-earlier-'));
});
afterEach(() => rm(dataDir, { recursive: true }));

/** A call that was lost in the middle of an answer, as its journal's lines. */
const linesUntil = (untilMs: number) =>
  journalLines(
    testSettings(),
    new VirtualCall(testSettings()).connect().say(4_000, 5_000, 'when are you open').run(untilMs).events,
  );

async function onDisk(lines: readonly string[], name = `${callId}.${MAIN_SEAT}.1.ndjson`, month = '12') {
  const folder = path.join(dataDir, 'recordings', '2026', month);
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, name), `${lines.join('\n')}\n`);
}

const atServer =
  (lines: readonly string[]): AskServer =>
  async () => {
    const [header, ...rest] = lines.map((line) => JSON.parse(line));
    return { journals: [{ header: journalHeaderSchema.parse(header), lines: rest }] };
  };

const find = (askServer: AskServer | null, generation = 2) =>
  findEarlierCall({
    callId,
    seat: MAIN_SEAT,
    generation,
    dataDir,
    nowEpochMs,
    askServer,
    clock,
    log: pino({ level: 'silent' }),
  });

describe('what is known of a call from before', () => {
  it('is nothing for its first generation, and nobody is asked', async () => {
    await onDisk(linesUntil(6_200));
    const asked: AskServer = async () => {
      throw new Error('asked');
    };
    expect(await find(asked, 1)).toBeNull();
  });

  it('is found on this disk, in the month before too', async () => {
    await onDisk(linesUntil(6_200), undefined, '11');
    expect(await find(null)).toMatchObject({ lastAtMs: 6_200, carried: { unsaid: {} } });
  });

  it('is found at the server', async () => {
    expect(await find(atServer(linesUntil(6_200)))).toMatchObject({ lastAtMs: 6_200 });
  });

  it('is not asked for where the last process ran here: nobody has more of it', async () => {
    await onDisk(linesUntil(6_200));
    expect(await find(() => Promise.reject(new Error('asked')))).toMatchObject({ lastAtMs: 6_200 });
  });

  it('is asked for where the last process ran elsewhere, and put together with what is here', async () => {
    await onDisk(linesUntil(6_200));
    expect(await find(atServer(linesUntil(6_400)), 3)).toMatchObject({ lastAtMs: 6_400 });
    expect(await find(atServer(linesUntil(6_000)), 3)).toMatchObject({ lastAtMs: 6_200 });
  });

  it('is taken from the disk where the server fails or hangs', async () => {
    await onDisk(linesUntil(6_200));
    expect(await find(() => Promise.reject(new Error('away')), 3)).toMatchObject({ lastAtMs: 6_200 });
    const asked = createDeferred<void>();
    const hanging = find(() => {
      asked.resolve();
      return new Promise(() => {});
    }, 3);
    await asked.promise;
    await clock.advance(600);
    expect(await hanging).toMatchObject({ lastAtMs: 6_200 });
    expect(clock.pendingTimers).toBe(0);
  });

  it('leaves out journals of other calls, of later generations, and those that cannot be read', async () => {
    await onDisk(linesUntil(6_200), `RM_other.${MAIN_SEAT}.1.ndjson`);
    await onDisk(['{"line":"header"}'], `${callId}.${MAIN_SEAT}.1.ndjson`);
    expect(await find(null)).toBeNull();
    const later = linesUntil(6_200).map((line) => line.replaceAll('"generation":1', '"generation":3'));
    await onDisk(later, `${callId}.${MAIN_SEAT}.3.ndjson`);
    expect(await find(null)).toBeNull();
  });
});
