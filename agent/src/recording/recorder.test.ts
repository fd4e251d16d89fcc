import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { openWav } from '@parley/recordings/testing/open-wav';
import { recordingFolder } from '@parley/recordings/testing/recording-folder';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { createVirtualClock, type VirtualClock } from '../runtime/virtual-clock.ts';
import type { RecordingLoss } from './contract.ts';
import { openRecorder } from './recorder.ts';

const PART = 'RM_a.1.wav.part';

function record(change: Partial<Parameters<typeof openRecorder>[0]> & { clock?: VirtualClock } = {}) {
  const folder = path.join(recordingFolder(), '2026', '11');
  const clock = change.clock ?? createVirtualClock(100);
  const losses: RecordingLoss[] = [];
  const recorder = openRecorder({
    folder,
    callId: 'RM_a',
    generation: 1,
    startedAtEpochMs: 0,
    clock,
    channels: 'both',
    trackRateHz: 16_000,
    log: pino({ level: 'silent' }),
    ...change,
  });
  recorder.onIncomplete((loss) => losses.push(loss));
  return {
    folder,
    part: path.join(change.folder ?? folder, PART),
    clock,
    recorder,
    losses,
    /** A microphone gives its level for as long as the agent speaks with its own. */
    async sound(ms: number, level: { caller?: number; other?: number; agent?: number }) {
      for (let at = 0; at < ms; at += 32) {
        if (level.agent !== undefined) recorder.give(new Int16Array(512).fill(level.agent), 0);
        await clock.advance(32);
        if (level.caller !== undefined) recorder.hear('caller-1', new Int16Array(512).fill(level.caller));
        if (level.other !== undefined) recorder.hear('guest-1', new Int16Array(512).fill(level.other));
      }
    },
  };
}

const at = (ms: number) => (ms * 16_000) / 1_000;

describe('a recorder', () => {
  it('has the caller left and the agent right, as long as it was on, to the sample', async () => {
    const { recorder, clock, part, sound, losses } = record();
    recorder.setState('on');
    await sound(640, { caller: 1_000 });
    await sound(640, { agent: 2_000 });
    await clock.advance(77);
    await recorder.close();
    const { left, right, lengthMs } = openWav(part);
    expect(lengthMs).toBe(1_357);
    expect([...left.subarray(0, at(640))]).toEqual(new Array(at(640)).fill(1_000));
    expect(left.subarray(at(640)).every((sample) => sample === 0)).toBe(true);
    expect(right.subarray(0, at(640)).every((sample) => sample === 0)).toBe(true);
    expect([...right.subarray(at(640), at(1_280))]).toEqual(new Array(at(640)).fill(2_000));
    expect(losses).toEqual([]);
    expect(clock.pendingTimers).toBe(0);
    expect(statSync(part).mode & 0o777).toBe(0o600);
  });

  it('mixes all who speak, without an overflow', async () => {
    const { recorder, part, sound } = record();
    recorder.setState('on');
    await sound(320, { caller: 1_000, other: 500 });
    await sound(320, { caller: 30_000, other: 30_000 });
    await recorder.close();
    const { left } = openWav(part);
    expect(left[at(160)]).toBe(1_500);
    expect(left[at(480)]).toBe(32_767);
  });

  it('makes no file and keeps no sound before it is on', async () => {
    const { recorder, part, folder, sound } = record();
    recorder.setState('waiting');
    await sound(960, { caller: 1_000, agent: 2_000 });
    expect(existsSync(folder)).toBe(false);
    recorder.setState('on');
    await sound(320, { caller: 3, agent: 4 });
    await recorder.close();
    const { left, right, lengthMs } = openWav(part);
    expect(lengthMs).toBe(320);
    expect(new Set(left)).toEqual(new Set([3]));
    expect(new Set(right)).toEqual(new Set([4]));
  });

  it('leaves nothing on disk where consent never came', async () => {
    const { recorder, folder, sound } = record();
    recorder.setState('waiting');
    await sound(320, { caller: 1_000, agent: 2_000 });
    recorder.setState('refused');
    await sound(320, { caller: 1_000, agent: 2_000 });
    await recorder.close();
    expect(existsSync(folder)).toBe(false);
  });

  it('has silence on both sides for exactly as long as it is paused', async () => {
    const { recorder, part, sound } = record();
    recorder.setState('on');
    await sound(480, { caller: 1, agent: 2 });
    recorder.setState('paused');
    await sound(640, { caller: 7, agent: 8 });
    recorder.setState('on');
    await sound(480, { caller: 3, agent: 4 });
    await recorder.close();
    const { left, right, lengthMs } = openWav(part);
    expect(lengthMs).toBe(1_600);
    for (const [channel, before, after] of [
      [left, 1, 3],
      [right, 2, 4],
    ] as const) {
      expect(new Set(channel.subarray(0, at(480)))).toEqual(new Set([before]));
      expect(new Set(channel.subarray(at(480), at(1_120)))).toEqual(new Set([0]));
      expect(new Set(channel.subarray(at(1_120)))).toEqual(new Set([after]));
    }
  });

  it('of the agent alone has no sound of the caller', async () => {
    const { recorder, part, sound } = record({ channels: 'agent' });
    recorder.setState('on');
    await sound(640, { caller: 1_000, agent: 2_000 });
    await recorder.close();
    const { left, right } = openWav(part);
    expect(new Set(left)).toEqual(new Set([0]));
    expect(new Set(right)).toEqual(new Set([2_000]));
  });

  it('stays in step through a process that stood still, with what was heard after it', async () => {
    const virtual = createVirtualClock();
    let stoodStillMs = 0;
    const clock = {
      nowMs: () => virtual.nowMs() + stoodStillMs,
      at: (atMs: number, fire: () => void) => virtual.at(atMs - stoodStillMs, fire),
      advance: virtual.advance,
      pendingTimers: 0,
    };
    const { recorder, part, sound } = record({ clock });
    recorder.setState('on');
    await sound(640, { caller: 5, agent: 1 });
    stoodStillMs = 7_001;
    await sound(640, { caller: 6, agent: 2 });
    await recorder.close();
    const { left, right, lengthMs } = openWav(part);
    expect(lengthMs).toBe(8_281);
    expect([left.indexOf(5), right.indexOf(1)]).toEqual([0, 0]);
    expect([left.indexOf(6), right.indexOf(2)]).toEqual([at(7_641), at(7_641)]);
  });
});

describe('a recorder whose disk refuses', () => {
  it('says so once, and goes on when the folder can be written', async () => {
    const root = recordingFolder();
    const folder = path.join(root, 'month');
    writeFileSync(folder, 'a file where the folder should be');
    const { recorder, part, sound, losses } = record({ folder });
    recorder.setState('on');
    await sound(960, { caller: 1 });
    await settled(() => losses.length > 0);
    rmSync(folder);
    mkdirSync(folder);
    await sound(960, { caller: 2 });
    await recorder.close();
    expect(losses).toEqual([{ cause: 'failed', message: expect.stringContaining(folder) }]);
    const { left, lengthMs } = openWav(part);
    expect(lengthMs).toBe(1_920);
    expect(left.subarray(at(1_300)).every((sample) => sample === 2)).toBe(true);
    expect(left[0]).toBe(0);
  });

  it('keeps every later sound in its place when it was full for a while', async () => {
    const full = { isFull: false };
    const { recorder, part, sound, losses } = record({ open: openOn(full) });
    recorder.setState('on');
    await sound(640, { agent: 1 });
    await settled(() => existsSync(part) && readFileSync(part).length > 2 * at(200));
    full.isFull = true;
    await sound(640, { agent: 2 });
    await settled(() => losses.length > 0);
    full.isFull = false;
    await sound(640, { agent: 3 });
    await recorder.close();
    expect(losses).toEqual([{ cause: 'disk_full', message: 'ENOSPC: no space left on device' }]);
    const { right, lengthMs } = openWav(part);
    expect(lengthMs).toBe(1_920);
    expect(right[0]).toBe(1);
    expect(right.subarray(at(1_600)).every((sample) => sample === 3)).toBe(true);
    expect(right.every((sample, index) => sample === 0 || sample === 1 + Math.floor(index / at(640)))).toBe(
      true,
    );
  });

  it('does not gather sound without end for a disk that takes none', async () => {
    const stuck = new Promise<{ readonly bytesWritten: number }>(() => {});
    const open = async () => ({ write: () => stuck, truncate: async () => {}, close: async () => {} });
    const { recorder, clock, losses } = record({ open });
    recorder.setState('on');
    await clock.advance(10_000);
    expect(losses).toEqual([]);
    await clock.advance(1_000);
    expect(losses).toEqual([{ cause: 'failed', message: expect.stringContaining('10 s of it wait') }]);
  });

  it('is full to the end and yet opens, as long as the call', async () => {
    const full = { isFull: false };
    const { recorder, part, sound, losses } = record({ open: openOn(full) });
    recorder.setState('on');
    await sound(640, { agent: 1 });
    await settled(() => existsSync(part) && readFileSync(part).length > 2 * at(200));
    full.isFull = true;
    await sound(640, { agent: 2 });
    await settled(() => losses.length > 0);
    await recorder.close();
    const size = statSync(part).size;
    // The sizes could not be written; the length could.
    expect((size - (size % 4)) / 4).toBeGreaterThanOrEqual(at(1_280));
    expect(losses).toHaveLength(1);
  });
});

/** Opens real files on a disk that may be full. */
function openOn(disk: { readonly isFull: boolean }): NonNullable<Parameters<typeof openRecorder>[0]['open']> {
  return async (name, flags, mode) => {
    const file = await open(name, flags, mode);
    return {
      write(bytes, offset, length, position) {
        if (!disk.isFull) return file.write(bytes, offset, length, position);
        const message = 'ENOSPC: no space left on device';
        return Promise.reject(Object.assign(new Error(message), { code: 'ENOSPC' }));
      },
      truncate: (length) => file.truncate(length),
      close: () => file.close(),
    };
  };
}

/** The disk works in its own time. */
async function settled(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}
