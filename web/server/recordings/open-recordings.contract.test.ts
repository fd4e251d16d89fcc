import { PassThrough } from 'node:stream';
import { callIdSchema } from '@parley/contracts/ids';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { BEGUN_AT_MS, openCallWorld } from '../calls/testing/call-world.ts';
import type { Bucket } from '../object-store/bucket.ts';
import { type S3Simulator, startS3Simulator } from '../object-store/testing/s3-simulator.ts';
import { createVirtualClock } from '../runtime/testing/virtual-clock.ts';
import { openRecordings } from './open-recordings.ts';
import { createRecordingFinder } from './recording-finder.ts';

const CALL = callIdSchema.parse('RM_1');
let simulator: S3Simulator;
let world: Awaited<ReturnType<typeof openCallWorld>>;
const closing: (() => Promise<void>)[] = [];
beforeEach(async () => {
  simulator = await startS3Simulator();
  world = await openCallWorld();
  closing.push(world.close, simulator.close);
});
afterEach(async () => {
  while (closing.length > 0) await closing.pop()?.();
});

/** Recordings with what finds them once a call is over, and the log of both. */
function openWith(bucket: Bucket | null) {
  const lines = new PassThrough();
  const deps = {
    dataDir: world.dataDir,
    database: () => world.database,
    clock: createVirtualClock(),
    nowEpochMs: Date.now,
    random: () => 0,
    log: pino(lines),
  };
  const recordings = openRecordings({ ...deps, bucket });
  const { files, onWhole } = recordings;
  const finder = createRecordingFinder({ ...deps, files, onWhole, onStored: () => {} });
  closing.push(recordings.close, finder.close);
  return { ...recordings, finder, log: () => String(lines.read() ?? '') };
}

const place = {
  callId: CALL,
  createdAtMs: BEGUN_AT_MS,
  recordingPath: 'recordings/2026/11/RM_1.wav',
};

async function findRecording(finder: ReturnType<typeof createRecordingFinder>) {
  await world.ship('RM_1', ['hello']);
  await world.putFile('RM_1.wav', 'sound');
  // As of a call that ended a moment ago.
  await world.database.db.updateTable('calls').set({ created_at_ms: Date.now() }).execute();
  await world.database.db
    .updateTable('calls')
    .set({ recording_path: place.recordingPath, recording: 'pending' })
    .execute();
  await finder.lookForLeft();
}

it('moves a recording to the bucket once it was found', async () => {
  const { finder, files, log } = openWith(simulator.bucket);
  await findRecording(finder);
  await vi.waitFor(() => expect(log()).toContain('the recording is in the store'), { timeout: 20_000 });
  expect(simulator.objects.get(place.recordingPath)?.content.toString()).toBe('sound');
  const found = await files.open(place, 'recording');
  expect(found?.sizeBytes).toBe(5);
  await finder.lookForLeft();
  const row = await world.database.db.selectFrom('calls').selectAll().executeTakeFirstOrThrow();
  expect(row).toMatchObject({ recording: 'ready', recording_path: place.recordingPath });
});

it('leaves it on the disk where there is no bucket', async () => {
  const { finder, files } = openWith(null);
  await findRecording(finder);
  const found = await files.open(place, 'recording');
  expect(found?.sizeBytes).toBe(5);
  await found?.close();
  expect(simulator.asked).toEqual([]);
});

it('says at the start that the bucket is not to be used so, and no secret', async () => {
  const { log } = openWith({ ...simulator.bucket, secretAccessKey: 'another-secret' });
  let told = '';
  await vi.waitFor(
    () => {
      told += log();
      expect(told).toContain('recordings stay here until their store answers as it should');
    },
    { timeout: 20_000 },
  );
  expect(told).toContain('PARLEY_RECORDINGS_S3_URL');
  expect(told).not.toContain('another-secret');
});
