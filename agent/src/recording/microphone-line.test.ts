import { describe, expect, it } from 'vitest';
import { createMicrophoneLine } from './microphone-line.ts';

const BLOCK = 512;
/** 200 ms, as the recorder writes. */
const WINDOW = 3_200;

/** Sound of blocks that are heard at `heard`, and arrive at the places of `arrived`. Samples count up from 1. */
function mixed(arrived: readonly number[], length: number): Int32Array {
  const line = createMicrophoneLine();
  const all = new Int32Array(length);
  let next = 0;
  for (let from = 0; from + WINDOW <= length; from += WINDOW) {
    // A step writes what is at least one step old.
    for (; (arrived[next] ?? Number.POSITIVE_INFINITY) <= from + 2 * WINDOW; next++) {
      const first = next * BLOCK + 1;
      line.take(
        Int16Array.from({ length: BLOCK }, (_, index) => first + index),
        arrived[next] ?? 0,
      );
    }
    line.mixInto(all.subarray(from, from + WINDOW), from);
  }
  return all;
}

const counting = (from: number, count: number) => Array.from({ length: count }, (_, index) => from + index);
const soundOf = (mix: Int32Array) => [...mix].filter((sample) => sample !== 0);

describe("one person's microphone on the recording's time", () => {
  it('is whole and where it was heard, however unevenly its blocks arrive', () => {
    const lateness = [300, 0, 450, 100, 20, 480, 0, 333, 250, 0, 90, 10, 400, 0, 5, 210];
    const arrived = lateness.map((late, index) => 4_000 + (index + 1) * BLOCK + late);
    const mix = mixed(arrived, 8 * WINDOW);
    expect(soundOf(mix)).toEqual(counting(1, lateness.length * BLOCK));
    expect(mix.indexOf(1)).toBe(4_000);
  });

  it('sets right what a busy process took late, all at once', () => {
    const heard = counting(0, 24).map((index) => 4_000 + (index + 1) * BLOCK);
    const busy = { from: heard[9] ?? 0, to: (heard[9] ?? 0) + 5 * BLOCK };
    const arrived = heard.map((at) => (at >= busy.from && at < busy.to ? busy.to : at));
    const mix = mixed(arrived, 10 * WINDOW);
    expect(soundOf(mix)).toEqual(counting(1, 24 * BLOCK));
    expect(mix.indexOf(1)).toBe(4_000);
  });

  it('has silence where the microphone gave nothing, and goes on in its place', () => {
    const before = counting(0, 8).map((index) => 4_000 + (index + 1) * BLOCK);
    const after = counting(0, 8).map((index) => 20_000 + (index + 1) * BLOCK);
    const mix = mixed([...before, ...after], 10 * WINDOW);
    expect(soundOf(mix)).toEqual(counting(1, 16 * BLOCK));
    expect(mix.indexOf(8 * BLOCK)).toBe(4_000 + 8 * BLOCK - 1);
    expect(mix.indexOf(8 * BLOCK + 1)).toBe(20_000);
  });

  it('leaves out what comes when its place is written, and does not fall behind for ever', () => {
    const heard = counting(0, 60).map((index) => 4_000 + (index + 1) * BLOCK);
    // 20 blocks come 640 ms late.
    const arrived = heard.map((at, index) => (index >= 10 && index < 30 ? (heard[30] ?? 0) : at));
    const mix = mixed(arrived, 14 * WINDOW);
    const last = 60 * BLOCK;
    expect(Math.abs(mix.indexOf(last) - (4_000 + last - 1))).toBeLessThanOrEqual(960);
    const sound = soundOf(mix);
    expect(sound).toEqual([...new Set(sound)].sort((a, b) => a - b));
  });
});
