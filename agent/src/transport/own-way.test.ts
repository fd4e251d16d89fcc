import { expect, it } from 'vitest';
import { createOwnWay } from './own-way.ts';

type SessionStats = Awaited<ReturnType<Parameters<typeof createOwnWay>[0]>>;

const audio = (trackIdentifier: string, jitterBufferDelay: number, samples: number) => ({
  stats: {
    case: 'inboundRtp',
    value: {
      stream: { kind: 'audio' },
      inbound: { trackIdentifier, jitterBufferDelay, jitterBufferEmittedCount: BigInt(samples) },
    },
  },
});
const pair = (nominated: boolean, seconds: number, responses: number) => ({
  stats: {
    case: 'candidatePair',
    value: {
      candidatePair: { nominated, currentRoundTripTime: seconds, responsesReceived: BigInt(responses) },
    },
  },
});
/** The parts of rtc-node's messages that are read. */
const statsOf = (subscriberStats: unknown[], publisherStats: unknown[] = []) =>
  ({ publisherStats, subscriberStats }) as SessionStats;

it('takes the mean of the jitter buffer since the last reading, and keeps it through silence', async () => {
  let stats = statsOf([audio('a', 0, 0)], [pair(true, 0.03, 5)]);
  const read = createOwnWay(async () => stats);
  expect(await read()).toBeNull();
  stats = statsOf([audio('a', 480, 16_000)], [pair(true, 0.03, 6)]);
  expect(await read()).toEqual({ roundTripMs: 30, jitterBufferMs: 30 });
  expect(await read()).toEqual({ roundTripMs: 30, jitterBufferMs: 30 });
  stats = statsOf([audio('a', 480 + 960, 32_000), audio('b', 480, 8_000)], [pair(true, 0.04, 7)]);
  expect(await read()).toEqual({ roundTripMs: 40, jitterBufferMs: 60 });
});

it('takes the round trip of the pair in use, in either list, and none where there is none', async () => {
  const sound = audio('a', 480, 16_000);
  const read = (stats: SessionStats) => createOwnWay(async () => stats)();
  const oneConnection = statsOf([], [sound, pair(false, 0.5, 90), pair(true, 0.2, 3), pair(true, 0.05, 9)]);
  expect(await read(oneConnection)).toMatchObject({ roundTripMs: 50 });
  expect(await read(statsOf([sound, pair(true, 0, 1)]))).toMatchObject({ roundTripMs: 0 });
  expect(await read(statsOf([sound, pair(false, 0.1, 1)]))).toBeNull();
});
