import { levelDb } from '@parley/agent/audio/frame';
import { createMonotonicClock, delay } from '@parley/agent/runtime/clock';
import { AccessToken } from 'livekit-server-sdk';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { isRunning } from '../processes/descendants.ts';
import { cpuMsOf, memoryBytesOf } from '../processes/process-cost.ts';
import { startTestSfu, type TestSfu } from '../sfu/test-sfu.ts';
import { SOUND_DB } from './heard-sound.ts';
import { type RoomCaller, startRoomCaller } from './room-caller.ts';

const isLong = process.env.PARLEY_TEST_LONG === '1';
const SPEECH_MS = isLong ? 20_000 : 3_000;
/** A frame of a microphone: who is later than that falls behind. */
const MOST_LATE_MS = 20;
/** A quiet stretch in a tone that is longer than this, in ms, is no fade of its start or end. */
const HOLE_MS = 10;
const RATE_HZ = 48_000;

const clock = createMonotonicClock();
const callers: RoomCaller[] = [];
let sfu: TestSfu;

beforeAll(async () => {
  sfu = await startTestSfu();
}, 120_000);

afterEach(async () => {
  await Promise.all(callers.splice(0).map((caller) => caller.leave()));
});

afterAll(() => sfu?.stop());

async function join(room: string, identity: string, isAlone = false): Promise<RoomCaller> {
  const token = new AccessToken(sfu.apiKey, sfu.apiSecret, { identity });
  token.addGrant({ room, roomJoin: true });
  const caller = await startRoomCaller({ url: sfu.url, token: await token.toJwt(), isAlone });
  callers.push(caller);
  return caller;
}

/** Five rooms with two callers each. */
const joinPairs = (isAlone = false) =>
  Promise.all(
    Array.from({ length: 5 }, async (_, room) => ({
      ann: await join(`pair-${room}`, 'ann', isAlone),
      ben: await join(`pair-${room}`, 'ben', isAlone),
    })),
  );

const tone = Int16Array.from({ length: (RATE_HZ * SPEECH_MS) / 1_000 }, (_, index) =>
  Math.round(8_000 * Math.sin((2 * Math.PI * 440 * index) / RATE_HZ)),
);

/** The longest quiet stretch of a sound, in ms. */
function longestQuietMs(samples: Int16Array): number {
  const windowSamples = RATE_HZ / 1_000;
  let longest = 0;
  let quiet = 0;
  for (let from = 0; from + windowSamples <= samples.length; from += windowSamples) {
    quiet = levelDb(samples.subarray(from, from + windowSamples)) > SOUND_DB ? 0 : quiet + 1;
    longest = Math.max(longest, quiet);
  }
  return longest;
}

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}

const pidsOf = (some: readonly RoomCaller[]) => [...new Set(some.map(({ pid }) => pid))];

it('ten callers share a process and speak at once, the eleventh opens another, one alone has its own', async () => {
  const pairs = await joinPairs();
  const ten = pairs.flatMap(({ ann, ben }) => [ann, ben]);
  const eleventh = await join('more', 'ann');
  const alone = await join('more', 'ben', true);
  expect(pidsOf(ten)).toHaveLength(1);
  expect(pidsOf([...ten, eleventh, alone])).toHaveLength(3);

  const said = await Promise.all(ten.map((caller) => caller.say({ samples: tone, sampleRateHz: RATE_HZ })));
  const latenessMs = said.flatMap(({ frameLatenessMs }) => frameLatenessMs);
  const quietMs = await Promise.all(
    pairs.map(async ({ ann }) => {
      const sinceMs = said[0]?.firstSampleAtMs ?? 0;
      await ann.waitForSilence(200, { sinceMs, identity: 'ben', timeoutMs: 20_000 });
      const [sound] = ann.heardSince(sinceMs, 'ben');
      const { samples } = await ann.recording(sound?.onsetAtMs ?? 0, sound?.offsetAtMs ?? 0, 'ben');
      expect((samples.length * 1_000) / RATE_HZ).toBeGreaterThan(SPEECH_MS / 2);
      return longestQuietMs(samples.subarray(RATE_HZ / 10, -RATE_HZ / 10));
    }),
  );
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => percentile(latenessMs, share));
  console.info(
    `ten callers speak for ${SPEECH_MS} ms: frames were late by p50 ${p50?.toFixed(1)}, p95 ${p95?.toFixed(1)}, ` +
      `p99 ${p99?.toFixed(1)}, at most ${Math.max(...latenessMs).toFixed(1)} ms, with ${Math.min(...said.map(({ leastQueuedMs }) => leastQueuedMs))} ms of sound in hand; ` +
      `longest hole that was heard, by room: ${quietMs.join(', ')} ms`,
  );
  if (!isLong) return;
  expect(p99).toBeLessThan(MOST_LATE_MS);
  expect(Math.max(...quietMs)).toBeLessThan(HOLE_MS);
}, 120_000);

it('the death of a process is told to all its callers at once, and those that come get another', async () => {
  const [ann, ben] = await Promise.all([join('dying', 'ann'), join('dying', 'ben')]);
  const speaking = ann.say({ samples: tone, sampleRateHz: RATE_HZ });
  const waiting = ben.waitForAgent({ timeoutMs: 60_000 });
  process.kill(ann.pid, 'SIGKILL');
  await expect(speaking).rejects.toMatchObject({ code: 'gone', message: expect.stringContaining('SIGKILL') });
  await expect(waiting).rejects.toMatchObject({ code: 'gone', message: expect.stringContaining('members') });
  await Promise.all([ann.leave(), ben.leave()]);
  const cid = await join('dying', 'cid');
  expect(cid.pid).not.toBe(ann.pid);
});

it('a process stays for the next caller and ends a while after the last has left', async () => {
  const ann = await join('lingering', 'ann');
  await ann.leave();
  const ben = await join('lingering', 'ben');
  expect(ben.pid).toBe(ann.pid);
  await ben.leave();
  await expect.poll(() => isRunning(ben.pid), { timeout: 60_000 }).toBe(false);
}, 90_000);

describe.runIf(isLong)('what callers cost', () => {
  const MEASURED_MS = 20_000;

  const sum = (pids: readonly number[], measure: (pid: number) => number) =>
    pids.reduce((total, pid) => total + measure(pid), 0);

  it.each([true, false])(
    'ten callers in rooms of their own, each in a process of its own: %s',
    async (isAlone) => {
      const ten = await Promise.all(
        Array.from({ length: 10 }, (_, room) => join(`own-${room}`, 'ann', isAlone)),
      );
      await report(`silent, alone in a room, own process ${isAlone}`, ten, () => delay(clock, MEASURED_MS));
    },
    120_000,
  );

  it.each([true, false])(
    'ten callers in five rooms, each in a process of its own: %s',
    async (isAlone) => {
      const ten = (await joinPairs(isAlone)).flatMap(({ ann, ben }) => [ann, ben]);
      await report(`silent, in pairs, own process ${isAlone}`, ten, () => delay(clock, MEASURED_MS));
      await report(`speaking, in pairs, own process ${isAlone}`, ten, () =>
        Promise.all(ten.map((caller) => caller.say({ samples: tone, sampleRateHz: RATE_HZ }))),
      );
    },
    120_000,
  );

  async function report(what: string, some: readonly RoomCaller[], during: () => Promise<unknown>) {
    const pids = pidsOf(some);
    await delay(clock, 2_000);
    const [cpuBeforeMs, beganAtMs] = [sum(pids, cpuMsOf), clock.nowMs()];
    await during();
    const coreShare = (sum(pids, cpuMsOf) - cpuBeforeMs) / (clock.nowMs() - beganAtMs) / some.length;
    const megabytes = sum(pids, memoryBytesOf) / 1e6 / some.length;
    console.info(
      `${what}: ${(100 * coreShare).toFixed(1)} % of a core and ${megabytes.toFixed(0)} MB a caller`,
    );
  }
});
