import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { joinParts } from '@parley/recordings/join-parts';
import { repairPart } from '@parley/recordings/repair-part';
import { openWav } from '@parley/recordings/testing/open-wav';
import { recordingFolder } from '@parley/recordings/testing/recording-folder';
import fc from 'fast-check';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { createRecordedSink } from '../call/recorded-sink.ts';
import { createPlayout } from '../playout/playout.ts';
import { createVirtualSink } from '../playout/testing/virtual-sink.ts';
import { createVirtualClock } from '../runtime/virtual-clock.ts';
import { openRecorder } from './recorder.ts';

const RATE_HZ = 16_000;
const at = (ms: number) => Math.round((ms * RATE_HZ) / 1000);
const log = pino({ level: 'silent' });

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.integer({ min: 1, max: 9_600 }).map((count) => ({ type: 'say', count }) as const),
  },
  { weight: 3, arbitrary: fc.constantFrom('hold', 'resume', 'clear').map((type) => ({ type })) },
  { weight: 1, arbitrary: fc.constant({ type: 'finish' } as const) },
  {
    weight: 8,
    arbitrary: fc
      .integer({ min: 0, max: 3_000 })
      .map((tenths) => ({ type: 'wait', ms: tenths / 10 }) as const),
  },
);
const call = fc.record({
  steps: fc.array(step, { maxLength: 40, size: 'max' }),
  phaseMs: fc.integer({ min: 0, max: 100 }).map((tenths) => tenths / 10),
  /** Share of what the process had written that is on disk when it is killed. */
  killedAfter: fc.double({ min: 0, max: 1, noNaN: true }),
});
type Call = typeof call extends fc.Arbitrary<infer T> ? T : never;

/** Plays a call into a recorder, with the caller talking all the time. */
async function record(folder: string, { steps, phaseMs }: Call) {
  const clock = createVirtualClock();
  const sink = createVirtualSink({ clock, sampleRateHz: RATE_HZ, phaseMs });
  const recorder = openRecorder({
    folder,
    callId: 'RM_a',
    generation: 1,
    startedAtEpochMs: 0,
    clock,
    channels: 'both',
    trackRateHz: RATE_HZ,
    log,
  });
  recorder.setState('on');
  const recorded = createRecordedSink(sink, recorder);
  const playout = createPlayout({ sink: recorded, clock, log, onEvent: () => {} });
  let heardBlocks = 0;
  const hear = () => {
    heardBlocks += 1;
    recorder.hear('caller-1', new Int16Array(512).fill(heardBlocks));
    cancel = clock.at(heardBlocks * 32 + 32, hear);
  };
  let cancel = clock.at(32, hear);
  let replies = 0;
  let isOpen = false;
  let samples = 0;
  for (const each of steps) {
    if (each.type === 'wait') {
      await clock.advance(each.ms);
      continue;
    }
    if (each.type !== 'say') {
      playout[each.type](`r${replies}`);
      if (each.type === 'clear' || each.type === 'finish') isOpen = false;
      continue;
    }
    if (!isOpen) playout.open(`r${++replies}`);
    isOpen = true;
    // No two samples that lie near each other are alike, and none is silence.
    const from = samples;
    samples += each.count;
    const sound = Int16Array.from({ length: each.count }, (_, index) => 100 + ((from + index) % 30_000));
    playout.enqueue(`r${replies}`, 's', sound, RATE_HZ);
  }
  cancel();
  const sent = sink.sent();
  await playout.close();
  await recorder.close();
  return { sent, callMs: clock.nowMs(), heardBlocks, pendingTimers: clock.pendingTimers };
}

const soundOf = (channel: Int16Array) => channel.filter((sample) => sample !== 0);

describe('a recorded call, whatever is said, held and cut in it', { timeout: 120_000 }, () => {
  it("has in the agent's channel what was sent, sample by sample, and in its place", async () => {
    await fc.assert(
      fc.asyncProperty(call, async (given) => {
        const folder = recordingFolder();
        const { sent, callMs, heardBlocks, pendingTimers } = await record(folder, given);
        expect(pendingTimers).toBe(0);
        if (at(callMs) === 0) return;
        const { left, right } = openWav(path.join(folder, 'RM_a.1.wav.part'));
        expect(right).toHaveLength(at(callMs));
        // The sink sends 10 ms at once: at the end the recording may be within one of them.
        const recordedSound = soundOf(right);
        const sentSound = soundOf(sent);
        const common = Math.min(recordedSound.length, sentSound.length);
        expect(Math.abs(recordedSound.length - sentSound.length)).toBeLessThanOrEqual(at(25));
        expect(Buffer.from(recordedSound.subarray(0, common).buffer, 0, 2 * common)).toEqual(
          Buffer.from(sentSound.subarray(0, common).buffer, 0, 2 * common),
        );
        expect(farthest(right, sent, given.phaseMs)).toBeLessThanOrEqual(at(25));
        expect(soundOf(left)).toHaveLength(512 * heardBlocks);
        if (heardBlocks > 0) expect(left.lastIndexOf(heardBlocks)).toBe(512 * heardBlocks - 1);
      }),
      { numRuns: 40 },
    );
  });

  it('opens after a kill at any byte, with the sound up to there, and joins with what followed', async () => {
    await fc.assert(
      fc.asyncProperty(call, async (given) => {
        const folder = recordingFolder();
        const { callMs } = await record(folder, given);
        if (at(callMs) === 0) return;
        const name = path.join(folder, 'RM_a.1.wav.part');
        const whole = openWav(name);
        const bytes = readFileSync(name);
        const soundAt = bytes.length - 4 * whole.left.length;
        const killedAt = Math.floor(given.killedAfter * bytes.length);
        bytes.writeUInt32LE(0xffff_ffff, 4);
        bytes.writeUInt32LE(0xffff_ffff, soundAt - 4);
        writeFileSync(name, bytes.subarray(0, killedAt));
        const isOpened = await repairPart(name);
        expect(isOpened).toBe(killedAt >= soundAt);
        const kept = Math.max(0, Math.floor((killedAt - soundAt) / 4));
        if (isOpened) {
          expect(openWav(name).left).toEqual(whole.left.subarray(0, kept));
          expect(openWav(name).right).toEqual(whole.right.subarray(0, kept));
        }
        const joined = await joinParts({ folder, callId: 'RM_a', parts: [name], callLengthMs: callMs });
        expect(joined === null).toBe(kept === 0);
        if (joined === null) return;
        expect(at(joined.lengthMs)).toBe(at(callMs));
        const { right } = openWav(joined.wavName);
        expect(right.subarray(0, kept)).toEqual(whole.right.subarray(0, kept));
        expect(right.subarray(kept).every((sample) => sample === 0)).toBe(true);
      }),
      { numRuns: 20 },
    );
  });
});

/** How far the n-th sample of sound lies from where it was sent, at the most. */
function farthest(recorded: Int16Array, sent: Int16Array, phaseMs: number): number {
  // What the first tick takes was on its way for 10 ms.
  const shift = at(phaseMs) - at(10);
  let most = 0;
  let place = 0;
  for (let index = 0; index < sent.length; index++) {
    if (sent[index] === 0) continue;
    while (place < recorded.length && recorded[place] === 0) place++;
    if (place >= recorded.length) break;
    most = Math.max(most, Math.abs(place - (index + shift)));
    place++;
  }
  return most;
}
