import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { callIdSchema } from '@parley/contracts/ids';
import { openWav } from '@parley/recordings/testing/open-wav';
import { wavHeader } from '@parley/recordings/wav-file';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CallChange } from '../calls/call-change.ts';
import { callDetail } from '../calls/call-queries.ts';
import { BEGUN_AT_MS, openCallWorld } from '../calls/testing/call-world.ts';
import { createVirtualClock } from '../runtime/testing/virtual-clock.ts';
import { createRecordingFinder } from './recording-finder.ts';

const CALL = callIdSchema.parse('RM_1');
let world: Awaited<ReturnType<typeof openCallWorld>>;
beforeEach(async () => {
  world = await openCallWorld();
});
afterEach(() => world.close());

function finderOf(nowEpochMs = () => BEGUN_AT_MS + 3_600_000) {
  const clock = createVirtualClock();
  const changes: CallChange[] = [];
  const whole: string[] = [];
  const finder = createRecordingFinder({
    database: () => world.database,
    files: world.files,
    clock,
    nowEpochMs,
    onStored: (change) => void changes.push(change),
    onWhole: (callId) => void whole.push(callId),
    log: pino({ level: 'silent' }),
  });
  const wait = async (ms: number) => {
    await clock.advance(ms);
    await finder.idle();
  };
  return { ...finder, changes, whole, wait };
}

async function callOf(callId = CALL) {
  const call = await callDetail(world.database, callId, { kind: 'every' });
  if (call === null) throw new Error('there is no such call');
  return call;
}

async function changeOf(callId = CALL): Promise<CallChange> {
  const { turns, toolCalls: _toolCalls, moments: _moments, ...call } = await callOf(callId);
  return { call, ownerKeyId: null, turns };
}

it('notes a recording that is put together after the end of the call', async () => {
  await world.ship('RM_1', ['hello']);
  await world.putFile('RM_1.1.wav.part', 'x');
  const { callStored, changes, whole, wait } = finderOf();
  callStored(await changeOf());
  await wait(500);
  expect(await callOf()).toMatchObject({ recording: 'pending', recordingPath: null });
  await world.putFile('RM_1.wav', 'x');
  await wait(2_000);
  expect(whole).toEqual([]);
  await rm(join(world.dataDir, 'recordings/2026/11/RM_1.1.wav.part'));
  await wait(5_000);
  expect(whole).toEqual(['RM_1']);
  const path = 'recordings/2026/11/RM_1.wav';
  expect(await callOf()).toMatchObject({ recording: 'ready', recordingPath: path });
  expect(changes.map(({ call }) => call.recording)).toEqual(['pending', 'ready']);
  await wait(600_000);
  expect(changes).toHaveLength(2);
});

it('says that sound is missing where the call says so', async () => {
  await world.ship('RM_1', ['hello']);
  await world.database.db
    .insertInto('moments')
    .columns(['call_number', 'position', 'moment_json'])
    .expression((eb) =>
      eb
        .selectFrom('calls')
        .select([
          'number',
          eb.val(900).as('position'),
          eb.val('{"atMs":1,"kind":"recording_incomplete","label":"disk_full"}').as('moment_json'),
        ]),
    )
    .execute();
  await world.putFile('RM_1.wav', 'x');
  const { callStored, wait } = finderOf();
  callStored(await changeOf());
  await wait(500);
  expect((await callOf()).recording).toBe('incomplete');
});

it('notes nothing of a call that was not recorded, or goes on', async () => {
  await world.ship('RM_1', ['hello']);
  await world.ship('RM_2', ['hello'], {}, { leaves: false });
  await world.putFile('RM_2.1.wav.part', 'x');
  const { callStored, changes, wait } = finderOf();
  callStored(await changeOf());
  callStored(await changeOf(callIdSchema.parse('RM_2')));
  await wait(600_000);
  expect(changes).toEqual([]);
});

it('looks again when a file comes from another machine, also after its last look', async () => {
  await world.ship('RM_1', ['hello']);
  const { callStored, fileCame, wait } = finderOf();
  callStored(await changeOf());
  for (let look = 0; look < 10; look++) await wait(600_000);
  await world.putFile('RM_1.wav', 'x');
  await wait(600_000);
  expect((await callOf()).recording).toBe('none');
  fileCame(CALL);
  await wait(500);
  expect((await callOf()).recording).toBe('ready');
});

it('finds what an earlier run of the server left', async () => {
  await world.ship('RM_1', ['hello']);
  await world.putFile('RM_1.wav', 'x');
  const { lookForLeft } = finderOf();
  await lookForLeft();
  expect((await callOf()).recording).toBe('ready');
});

describe('parts that nobody else puts together', () => {
  /** A second of a sound in both channels, as a process of that generation recorded it. */
  const part = (generation: number, fromMs: number) => {
    const from = 16 * fromMs;
    const info = {
      callId: 'RM_1',
      startedAtEpochMs: BEGUN_AT_MS,
      from,
      spans: [{ generation, from, to: from + 16_000 }],
    };
    return Buffer.concat([wavHeader(info, 64_000), Buffer.alloc(64_000, generation)]);
  };

  it('are put together here where they came from other machines, once the call is over', async () => {
    const { fileCame, callStored, wait } = finderOf();
    await world.ship('RM_1', ['hello'], {}, { leaves: false });
    await world.putFile('RM_1.1.wav.part', part(1, 0));
    fileCame(CALL);
    await wait(500);
    expect((await callOf()).recording).toBe('none');
    await world.ship('RM_1', ['hello']);
    await world.putFile('RM_1.2.wav.part', part(2, 3_000));
    fileCame(CALL);
    callStored(await changeOf());
    await wait(500);
    expect(await callOf()).toMatchObject({ recording: 'ready' });
    const { lengthMs, left } = openWav(join(world.dataDir, 'recordings/2026/11/RM_1.wav'));
    expect(lengthMs).toBe(4_000);
    expect([left[0], left[16_000], left[48_000]]).toEqual([0x0101, 0, 0x0202]);
    expect((await world.request('/api/calls/RM_1/peaks')).status).toBe(200);
    expect((await world.request('/api/calls/RM_1/recording')).headers.get('content-type')).toBe('audio/wav');
  });

  it('are put together here where they lay there for long', async () => {
    await world.ship('RM_1', ['hello']);
    await world.putFile('RM_1.1.wav.part', part(1, 0));
    let nowMs = Date.now();
    const { callStored, wait } = finderOf(() => nowMs);
    callStored(await changeOf());
    await wait(500);
    expect((await callOf()).recording).toBe('pending');
    nowMs += 1_200_000;
    for (let look = 0; look < 10; look++) await wait(600_000);
    expect((await callOf()).recording).toBe('ready');
  });
});

it('is over for a call that was deleted', async () => {
  await world.ship('RM_1', ['hello']);
  const { callStored, changes, wait } = finderOf();
  callStored(await changeOf());
  await world.request('/api/calls/RM_1', { method: 'DELETE' });
  await world.putFile('RM_1.wav', 'x');
  await wait(600_000);
  expect(changes).toEqual([]);
});
