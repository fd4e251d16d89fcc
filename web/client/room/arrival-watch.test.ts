import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createBrowserClock } from '../runtime/clock.ts';
import { SILENT_LINK_MS, watchArrivals } from './arrival-watch.ts';

let arrived: number | null = 1;
let told: string[] = [];
let stop = () => {};

beforeEach(() => {
  vi.useFakeTimers();
  arrived = 1;
  told = [];
  stop = watchArrivals({
    clock: createBrowserClock(),
    readArrived: async () => arrived,
    onSilent: () => told.push('silent'),
    onArriving: () => told.push('arriving'),
  });
});
afterEach(() => {
  stop();
  vi.useRealTimers();
});

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

it('says nothing while something arrives now and then', async () => {
  for (let second = 0; second < 30; second += 3) {
    arrived = second + 2;
    await pass(3_000);
  }
  expect(told).toEqual([]);
});

it('tells once that nothing arrives, and once that something does again', async () => {
  await pass(SILENT_LINK_MS);
  expect(told).toEqual([]);
  await pass(10_000);
  expect(told).toEqual(['silent']);
  arrived = 2;
  await pass(1_000);
  expect(told).toEqual(['silent', 'arriving']);
  await pass(2 * SILENT_LINK_MS);
  expect(told).toEqual(['silent', 'arriving', 'silent']);
});

it('takes no news for silence where the browser does not count', async () => {
  arrived = null;
  await pass(10 * SILENT_LINK_MS);
  expect(told).toEqual([]);
});

it('says nothing after its end', async () => {
  await pass(SILENT_LINK_MS);
  stop();
  await pass(SILENT_LINK_MS);
  expect(told).toEqual([]);
});
