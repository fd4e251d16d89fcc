import type { CallStats } from '@parley/contracts/calls-api';
import { describe, expect, it } from 'vitest';
import { everyBucket, lineRuns, scaleTop } from './chart-buckets.ts';

const figures = {
  calls: 3,
  answered: 2,
  talkMs: 90_000,
  meanDurationMs: 45_000,
  voiceToVoiceP50Ms: 640,
  voiceToVoiceP95Ms: 900,
};
const HOUR_MS = 3_600_000;

describe('the buckets of a chart', () => {
  const day = Date.UTC(2026, 10, 20);
  const stats: CallStats = {
    fromMs: day + 5 * HOUR_MS,
    toMs: day + 54 * HOUR_MS,
    bucket: 'day',
    total: figures,
    buckets: [{ ...figures, startMs: day + 24 * HOUR_MS }],
    endReasons: [],
    durations: [],
  };

  it('are without gaps, and hold what the server told', () => {
    const calls = everyBucket(stats, 0).map(({ startMs, calls }) => [startMs, calls]);
    expect(calls).toEqual([
      [day, 0],
      [day + 24 * HOUR_MS, 3],
      [day + 48 * HOUR_MS, 0],
    ]);
  });

  it('begin where the reader’s days do', () => {
    const berlin = { ...stats, buckets: [{ ...figures, startMs: day + 23 * HOUR_MS }] };
    const calls = everyBucket(berlin, 60).map(({ startMs, calls }) => [startMs, calls]);
    expect(calls[0]).toEqual([day - HOUR_MS, 0]);
    expect(calls[1]).toEqual([day + 23 * HOUR_MS, 3]);
  });
});

it.each([
  [[], 1],
  [[null, 0], 1],
  [[3, 7], 10],
  [[12], 20],
  [[201], 250],
  [[640, null, 900], 1_000],
])('has a round top above %j', (values, top) => {
  expect(scaleTop(values)).toBe(top);
});

it('breaks a line where nothing was measured', () => {
  expect(lineRuns([1, 2, null, 4], 4).map((run) => run.map(({ y }) => y))).toEqual([[0.25, 0.5], [1]]);
  expect(lineRuns([null], 1)).toEqual([]);
});
