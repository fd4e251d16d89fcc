import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { callIdSchema } from '@parley/contracts/ids';
import { joinParts } from '@parley/recordings/join-parts';
import { openWav } from '@parley/recordings/testing/open-wav';
import { wavHeader } from '@parley/recordings/wav-file';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BEGUN_AT_MS, openCallWorld } from '../calls/testing/call-world.ts';
import { createS3Store } from '../object-store/s3-store.ts';
import { type S3Simulator, startS3Simulator } from '../object-store/testing/s3-simulator.ts';
import { createVirtualClock } from '../runtime/testing/virtual-clock.ts';
import { createCallFiles } from './call-files.ts';
import { createMovedFiles } from './moved-files.ts';
import { LOOK_EVERY_MS, type RecordingMover, startRecordingMover } from './recording-mover.ts';

const CALL = callIdSchema.parse('RM_1');
const KEY = 'recordings/2026/11/RM_1.wav';
const PEAKS = 'recordings/2026/11/RM_1.peaks.json';
let simulator: S3Simulator;
let world: Awaited<ReturnType<typeof storedWorld>>;
let movers: RecordingMover[];

beforeEach(async () => {
  simulator = await startS3Simulator();
  movers = [];
  world = await storedWorld();
});
afterEach(async () => {
  for (const mover of movers) await mover.close();
  await world.close();
  await simulator.close();
});

/** A server whose recordings go to the simulator. */
async function storedWorld() {
  const store = createS3Store({
    bucket: simulator.bucket,
    nowEpochMs: Date.now,
    silentAtMostMs: 300,
  });
  const opened = await openCallWorld({ store });
  const local = createCallFiles({ dataDir: opened.dataDir });
  const database = () => opened.database;
  const files = createMovedFiles({ local, store, database });
  const folder = join(opened.dataDir, 'recordings/2026/11');
  return {
    ...opened,
    folder,
    /** A process of the server that moves recordings. */
    startMover() {
      const clock = createVirtualClock();
      const mover = startRecordingMover({
        dataDir: opened.dataDir,
        local,
        files,
        store,
        database,
        clock,
        random: () => 0,
        log: pino({ level: 'silent' }),
      });
      movers.push(mover);
      return { ...mover, clock };
    },
    /** A call that is over, with its recording, put together here of what these processes recorded. */
    async record(callId: string, ...generations: readonly number[]) {
      await opened.ship(callId, ['hello']);
      await this.join(callId, ...generations);
      await opened.database.db
        .updateTable('calls')
        .set({ recording: 'ready', recording_path: `recordings/2026/11/${callId}.wav` })
        .where('call_id', '=', callId)
        .execute();
    },
    async join(callId: string, ...generations: readonly number[]) {
      for (const generation of generations)
        await opened.putFile(`${callId}.${generation}.wav.part`, part(callId, generation));
      const parts = generations.map((generation) => join(folder, `${callId}.${generation}.wav.part`));
      await joinParts({ folder, callId, parts });
      for (const name of parts) await rm(name);
    },
    soundHere: async () => (await readdir(folder)).filter((name) => /wav|peaks|store/.test(name)).sort(),
    async close() {
      await opened.close();
      await store.close();
    },
  };
}

/** A second of sound of a process, which came to the call so many seconds after its beginning. */
function part(callId: string, generation: number): Buffer {
  const from = 16_000 * (generation - 1);
  const spans = [{ generation, from, to: from + 16_000 }];
  const header = wavHeader({ callId, startedAtEpochMs: BEGUN_AT_MS, from, spans }, 64_000);
  return Buffer.concat([header, Buffer.alloc(64_000, generation)]);
}

const gone = () => vi.waitFor(async () => expect(await world.soundHere()).toEqual([]), { timeout: 20_000 });
const get = (path: string, headers: Record<string, string> = {}) =>
  world.request(`/api/calls/RM_1/${path}`, { headers });

describe('a recording', () => {
  it('goes from here once the store has it, and is given from there', async () => {
    await world.record('RM_1', 1, 2);
    const sound = await readFile(join(world.folder, 'RM_1.wav'));
    world.startMover().move(CALL);
    await gone();
    expect([...simulator.objects.keys()].sort()).toEqual([PEAKS, KEY]);
    const whole = await get('recording');
    expect(whole.headers.get('content-type')).toBe('audio/wav');
    expect(Buffer.from(await whole.arrayBuffer())).toEqual(sound);
    const part = await get('recording', { range: 'bytes=100-199' });
    expect(part.status).toBe(206);
    expect(part.headers.get('content-range')).toBe(`bytes 100-199/${sound.length}`);
    expect(Buffer.from(await part.arrayBuffer())).toEqual(sound.subarray(100, 200));
    expect((await get('recording', { range: `bytes=${sound.length}-` })).status).toBe(416);
    const tag = whole.headers.get('etag') ?? '';
    expect((await get('recording', { 'if-none-match': tag })).status).toBe(304);
    expect(await (await get('peaks')).json()).toMatchObject({ version: 2 });
  });

  it('is found by its file where nobody told of it, also of an earlier run', async () => {
    await world.record('RM_1', 1);
    const { clock } = world.startMover();
    await gone();
    await world.record('RM_2', 1);
    await clock.advance(LOOK_EVERY_MS);
    await gone();
    expect(simulator.objects.has('recordings/2026/11/RM_2.wav')).toBe(true);
  });

  it('stays while its call goes on, or sound of it was not joined', async () => {
    await world.record('RM_1', 1);
    await world.putFile('RM_1.2.wav.part', part('RM_1', 2));
    await world.ship('RM_running', ['hello'], {}, { leaves: false });
    await world.join('RM_running', 1);
    await world.record('RM_last', 1);
    world.startMover();
    await vi.waitFor(async () => expect(await world.soundHere()).not.toContain('RM_last.wav'), {
      timeout: 20_000,
    });
    expect([...simulator.objects.keys()].filter((key) => !key.includes('RM_last'))).toEqual([]);
    expect(await world.soundHere()).toContain('RM_1.wav');
    expect(await world.soundHere()).toContain('RM_running.wav');
  });

  it('that was stored by a server which died before it deleted it is not sent again', async () => {
    await world.record('RM_1', 1);
    const first = await readFile(join(world.folder, 'RM_1.wav'));
    const picture = await readFile(join(world.folder, 'RM_1.peaks.json'));
    world.startMover();
    await gone();
    await world.putFile('RM_1.wav', first);
    await world.putFile('RM_1.peaks.json', picture);
    simulator.asked.length = 0;
    world.startMover();
    await gone();
    expect(simulator.asked.filter((line) => line.startsWith('PUT'))).toEqual([]);
  });

  it.each([
    ['later', [1], [2]],
    ['earlier', [2], [1]],
    ['of before once more', [1, 2], [1]],
  ])('is joined with sound that comes %s, when the first is in the store', async (_what, first, then) => {
    await world.record('RM_1', ...first);
    const { move } = world.startMover();
    await gone();
    await world.join('RM_1', ...then);
    move(CALL);
    await gone();
    await world.putFile('check.wav', simulator.objects.get(KEY)?.content ?? '');
    const { left, lengthMs } = openWav(join(world.folder, 'check.wav'));
    expect(lengthMs).toBe(2_000);
    expect([left[0], left[16_000]]).toEqual([0x0101, 0x0202]);
  });
});

describe('while the store', () => {
  it.each(['denied', 'failing', 'cut', 'silent', 'forgets'] as const)(
    'fails (%s), a recording stays here, and goes once it does not',
    async (fault) => {
      await world.record('RM_1', 1);
      simulator.fault = fault;
      const { clock, waiting } = world.startMover();
      // Real connections fail in real time; the waits between them are virtual.
      await vi.waitFor(
        async () => {
          await clock.advance(60_000);
          expect(simulator.asked.length).toBeGreaterThan(3);
        },
        { timeout: 20_000, interval: 50 },
      );
      expect(await world.soundHere()).toEqual(['RM_1.peaks.json', 'RM_1.wav']);
      expect((await get('recording')).status).toBe(200);
      await vi.waitFor(() => expect(waiting()).toBe(1), { timeout: 20_000 });
      simulator.fault = null;
      await vi.waitFor(
        async () => {
          await clock.advance(300_000);
          expect(await world.soundHere()).toEqual([]);
        },
        { timeout: 20_000, interval: 100 },
      );
      expect(simulator.objects.has(KEY)).toBe(true);
      expect(waiting()).toBe(0);
    },
  );

  it('refuses one recording, the others go', async () => {
    await world.record('RM_1', 1);
    await world.record('RM_2', 1);
    simulator.beforeAnswer = async (_method, key) => {
      simulator.fault = key.includes('RM_1') ? 'denied' : null;
    };
    const { clock } = world.startMover();
    await vi.waitFor(
      async () => {
        await clock.advance(10_000);
        expect(await world.soundHere()).toEqual(['RM_1.peaks.json', 'RM_1.wav']);
      },
      { timeout: 20_000, interval: 100 },
    );
  });

  it('is away, a recording that is there is asked for again later', async () => {
    await world.record('RM_1', 1);
    world.startMover();
    await gone();
    simulator.fault = 'failing';
    const response = await get('recording');
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ error: { code: 'recordings_unavailable' } });
    expect(response.headers.get('retry-after')).toBe('5');
    simulator.fault = null;
    expect((await get('recording')).status).toBe(200);
  });

  it('lost a recording, that is said', async () => {
    await world.record('RM_1', 1);
    world.startMover();
    await gone();
    simulator.objects.clear();
    expect((await get('recording')).status).toBe(404);
  });
});

describe('a call that is deleted', () => {
  const remove = () => world.request('/api/calls/RM_1', { method: 'DELETE' });

  it('takes its recording out of the store', async () => {
    await world.record('RM_1', 1);
    await world.record('RM_2', 1);
    world.startMover();
    await gone();
    expect((await remove()).status).toBe(204);
    expect([...simulator.objects.keys()].filter((key) => key.includes('RM_1'))).toEqual([]);
    expect(simulator.objects.has('recordings/2026/11/RM_2.wav')).toBe(true);
  });

  it('is there until the store has deleted it too', async () => {
    await world.record('RM_1', 1);
    world.startMover();
    await gone();
    simulator.fault = 'failing';
    expect((await remove()).status).toBe(503);
    expect((await world.request('/api/calls/RM_1')).status).toBe(200);
    simulator.fault = null;
    expect((await remove()).status).toBe(204);
    expect(simulator.objects.size).toBe(0);
  });

  it('leaves nothing in the store where it is deleted while it is sent there', async () => {
    await world.record('RM_1', 1);
    let status = 0;
    simulator.beforeAnswer = async (method, key) => {
      if (method !== 'PUT' || key !== KEY) return;
      simulator.beforeAnswer = async () => {};
      status = (await remove()).status;
    };
    const { move, clock } = world.startMover();
    move(CALL);
    await vi.waitFor(() => expect(status).toBe(204), { timeout: 20_000 });
    expect(simulator.asked.some((line) => line.startsWith(`PUT ${KEY}`))).toBe(true);
    await vi.waitFor(
      async () => {
        await clock.advance(10_000);
        expect([...simulator.objects.keys()]).toEqual([]);
      },
      { timeout: 20_000 },
    );
    expect(await world.soundHere()).toEqual([]);
  });

  it('is deleted in the store by a server that still had it, and died when it had sent it', async () => {
    await world.record('RM_1', 1);
    const sound = await readFile(join(world.folder, 'RM_1.wav'));
    world.startMover();
    await gone();
    const stored = [...simulator.objects];
    await remove();
    for (const [key, object] of stored) simulator.objects.set(key, object);
    await world.putFile('RM_1.wav', sound);
    world.startMover();
    await gone();
    expect(simulator.objects.size).toBe(0);
  });
});

it('gives up what is under way when the server ends, and loses nothing', async () => {
  await world.record('RM_1', 1);
  const begun = new Promise<void>((resolve) => {
    simulator.beforeAnswer = async (method) => {
      if (method === 'PUT') resolve();
      if (method === 'PUT') simulator.fault = 'silent';
    };
  });
  const { close } = world.startMover();
  await begun;
  await close();
  expect(await world.soundHere()).toEqual(['RM_1.peaks.json', 'RM_1.wav']);
});
