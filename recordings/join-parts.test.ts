import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { findParts, joinParts } from './join-parts.ts';
import { partName } from './part-name.ts';
import type { PeaksFile } from './peaks.ts';
import { repairPart } from './repair-part.ts';
import { openWav } from './testing/open-wav.ts';
import { recordingFolder } from './testing/recording-folder.ts';
import { wavHeader } from './wav-file.ts';

const CALL = 'RM_a';
const at = (ms: number) => ms * 16;

/** Lays a part into the folder: the caller's level left, the agent's right, for `ms`. */
function lay(
  folder: string,
  part: {
    generation: number;
    fromMs: number;
    ms: number;
    left: number;
    right: number;
    startedAtEpochMs?: number;
  },
  /** What the process had written when it was killed; all by default. */
  killedAfterBytes?: number,
): string {
  const { generation, fromMs, ms, left, right, startedAtEpochMs = 1_000 } = part;
  const spans = [{ generation, from: at(fromMs), to: null }];
  const sound = Int16Array.from({ length: 2 * at(ms) }, (_, index) => (index % 2 === 0 ? left : right));
  const isKilled = killedAfterBytes !== undefined;
  const header = wavHeader(
    { callId: CALL, startedAtEpochMs, from: at(fromMs), spans },
    isKilled ? null : sound.byteLength,
  );
  const bytes = Buffer.concat([header, new Uint8Array(sound.buffer)]);
  const name = path.join(folder, partName(CALL, generation));
  writeFileSync(name, bytes.subarray(0, killedAfterBytes));
  return name;
}

const join = async (folder: string, callLengthMs?: number) =>
  joinParts({
    folder,
    callId: CALL,
    parts: await findParts(folder, CALL),
    ...(callLengthMs !== undefined && { callLengthMs }),
  });
const levels = (channel: Int16Array, fromMs: number, toMs: number) =>
  new Set(channel.subarray(at(fromMs), at(toMs)));

describe('the parts of a call', () => {
  it('are joined by the clock, with silence before, between and after them', async () => {
    const folder = recordingFolder();
    lay(folder, { generation: 1, fromMs: 500, ms: 1_000, left: 1, right: 11 });
    lay(folder, { generation: 2, fromMs: 4_000, ms: 2_500, left: 2, right: 12 });
    const joined = await join(folder, 8_000);
    expect(joined).toMatchObject({ lengthMs: 8_000, generations: [1, 2] });
    const { left, right, lengthMs } = openWav(path.join(folder, 'RM_a.wav'));
    expect(lengthMs).toBe(8_000);
    expect(levels(left, 0, 500)).toEqual(new Set([0]));
    expect(levels(left, 500, 1_500)).toEqual(new Set([1]));
    expect(levels(right, 500, 1_500)).toEqual(new Set([11]));
    expect(levels(left, 1_500, 4_000)).toEqual(new Set([0]));
    expect(levels(right, 4_000, 6_500)).toEqual(new Set([12]));
    expect(levels(right, 6_500, 8_000)).toEqual(new Set([0]));
    expect(statSync(path.join(folder, 'RM_a.wav')).mode & 0o777).toBe(0o600);
  });

  it('are one recording where there is but one', async () => {
    const folder = recordingFolder();
    lay(folder, { generation: 1, fromMs: 0, ms: 300, left: 1, right: 11 });
    expect(await join(folder)).toMatchObject({ lengthMs: 300, generations: [1] });
  });

  it('are placed by the wall clock where their processes began to count anew', async () => {
    const folder = recordingFolder();
    lay(folder, { generation: 1, fromMs: 0, ms: 1_000, left: 1, right: 11, startedAtEpochMs: 5_000 });
    lay(folder, { generation: 2, fromMs: 100, ms: 1_000, left: 2, right: 12, startedAtEpochMs: 8_000 });
    expect(await join(folder)).toMatchObject({ lengthMs: 4_100 });
    const { left } = openWav(path.join(folder, 'RM_a.wav'));
    expect(left.indexOf(2)).toBe(at(3_100));
  });

  it('never sound at once: the later process is heard', async () => {
    const folder = recordingFolder();
    lay(folder, { generation: 1, fromMs: 0, ms: 5_000, left: 1, right: 11 });
    lay(folder, { generation: 2, fromMs: 2_000, ms: 1_000, left: 2, right: 12 });
    await join(folder);
    const { right, lengthMs } = openWav(path.join(folder, 'RM_a.wav'));
    expect(lengthMs).toBe(3_000);
    expect(levels(right, 0, 2_000)).toEqual(new Set([11]));
    expect(levels(right, 2_000, 3_000)).toEqual(new Set([12]));
  });

  it('give the same when they are joined again, and leave nothing else behind', async () => {
    const folder = recordingFolder();
    lay(folder, { generation: 1, fromMs: 0, ms: 3_000, left: 1, right: 11 });
    lay(folder, { generation: 2, fromMs: 2_000, ms: 1_000, left: 2, right: 12 });
    const name = path.join(folder, 'RM_a.wav');
    const first = await join(folder);
    const bytes = readFileSync(name);
    writeFileSync(path.join(folder, 'RM_a.wav.some-process.joining'), 'of a killed process');
    expect(await join(folder)).toEqual(first);
    expect(readFileSync(name).equals(bytes)).toBe(true);
    expect(readdirSync(folder).sort()).toEqual([
      'RM_a.1.wav.part',
      'RM_a.2.wav.part',
      'RM_a.peaks.json',
      'RM_a.wav',
    ]);
  });

  it('that come later are joined to what is there, though the earlier parts are gone', async () => {
    const folder = recordingFolder();
    const early = lay(folder, { generation: 1, fromMs: 0, ms: 1_000, left: 1, right: 11 });
    await join(folder);
    const late = lay(folder, { generation: 2, fromMs: 1_500, ms: 1_000, left: 2, right: 12 });
    expect(await joinParts({ folder, callId: CALL, parts: [late] })).toMatchObject({ generations: [1, 2] });
    const { left, lengthMs } = openWav(path.join(folder, 'RM_a.wav'));
    expect(lengthMs).toBe(2_500);
    expect(levels(left, 0, 1_000)).toEqual(new Set([1]));
    expect(levels(left, 1_500, 2_500)).toEqual(new Set([2]));
    expect(existsSync(early)).toBe(true);
    expect(await joinParts({ folder, callId: CALL, parts: [] })).toMatchObject({ lengthMs: 2_500 });
  });

  it('are joined though one was killed at whatever byte, or has no sound', async () => {
    const whole = readFileSync(
      lay(recordingFolder(), { generation: 1, fromMs: 0, ms: 20, left: 1, right: 11 }),
    );
    const soundAt = whole.length - 4 * at(20);
    for (const bytes of [
      0,
      1,
      30,
      soundAt - 1,
      soundAt,
      soundAt + 1,
      soundAt + 4,
      soundAt + 639,
      whole.length,
    ]) {
      const folder = recordingFolder();
      const killed = lay(folder, { generation: 1, fromMs: 0, ms: 20, left: 1, right: 11 }, bytes);
      lay(folder, { generation: 2, fromMs: 100, ms: 20, left: 2, right: 12 });
      const samples = Math.max(0, Math.floor((bytes - soundAt) / 4));
      expect(await join(folder)).toMatchObject({ lengthMs: 120, generations: samples > 0 ? [1, 2] : [2] });
      const { left } = openWav(path.join(folder, 'RM_a.wav'));
      expect(left.lastIndexOf(1)).toBe(samples - 1);
      expect(await repairPart(killed)).toBe(bytes >= soundAt);
      if (bytes >= soundAt) expect(openWav(killed).left).toHaveLength(samples);
    }
  });

  it('of another call are none of this one, however alike its name', async () => {
    const folder = recordingFolder();
    lay(folder, { generation: 1, fromMs: 0, ms: 20, left: 1, right: 11 });
    for (const name of [
      'RM_ab.1.wav.part',
      'RM_a.1.wav',
      'RM_a.x.wav.part',
      'RM_a.1.ndjson',
      'RM_a.0.wav.part',
    ])
      writeFileSync(path.join(folder, name), '');
    expect(await findParts(folder, CALL)).toEqual([path.join(folder, 'RM_a.1.wav.part')]);
  });

  it('that are none make no recording', async () => {
    const folder = recordingFolder();
    expect(await join(folder, 5_000)).toBeNull();
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('the peaks of a recording', () => {
  const peaksOf = (folder: string) =>
    JSON.parse(readFileSync(path.join(folder, 'RM_a.peaks.json'), 'utf8')) as PeaksFile;

  it('are the reach of each hundredth of a second, left then right', async () => {
    const folder = recordingFolder();
    lay(folder, { generation: 1, fromMs: 20, ms: 15, left: 0x1000, right: -0x2000 });
    await join(folder, 50);
    const peaks = peaksOf(folder);
    expect(peaks).toEqual({
      version: 2,
      channels: 2,
      sample_rate: 16_000,
      samples_per_pixel: 160,
      bits: 8,
      length: 5,
      data: [
        [0, 0, 0, 0],
        [0, 0, 0, 0],
        [0, 16, -32, 0],
        [0, 16, -32, 0],
        [0, 0, 0, 0],
      ].flat(),
    });
  });

  it('of a long call are coarser, and no more', async () => {
    const folder = recordingFolder();
    lay(folder, { generation: 1, fromMs: 0, ms: 20, left: 256, right: 512 });
    await join(folder, 3_600_000);
    const { length, samples_per_pixel: perPeak, data } = peaksOf(folder);
    expect(length).toBe(60_000);
    expect(perPeak).toBe(960);
    expect(data).toHaveLength(4 * length);
  });
});
