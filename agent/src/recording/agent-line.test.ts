import { describe, expect, it } from 'vitest';
import { resample } from '../audio/resampler.ts';
import { createAgentLine } from './agent-line.ts';

const tone = (count: number, rateHz: number) =>
  Int16Array.from({ length: count }, (_, index) => 8_000 * Math.sin((2 * Math.PI * 440 * index) / rateHz));

/** Writes as the recorder does: 200 ms at a time, settled 50 ms ahead. */
function written(line: ReturnType<typeof createAgentLine>, length: number): Int32Array {
  const all = new Int32Array(length);
  for (let from = 0; from < length; from += 3_200) {
    const to = Math.min(length, from + 3_200);
    line.settle(to + 800);
    line.mixInto(all.subarray(from, to), from);
  }
  return all;
}

describe("the agent's sound on the recording's time", () => {
  it('lies where it leaves, block after block without a seam', () => {
    const line = createAgentLine(16_000);
    const sound = tone(3_200, 16_000);
    // The track tells what it holds to about 10 ms.
    for (let block = 0; block < 10; block++) {
      line.give(sound.slice(block * 320, (block + 1) * 320), 5_000 + block * 320 + (block % 2) * 100);
    }
    const mix = written(line, 12_800);
    expect([...mix.subarray(5_000, 8_200)]).toEqual([...sound]);
    expect(mix.subarray(8_200).every((sample) => sample === 0)).toBe(true);
  });

  it.each([24_000, 48_000])('of %i Hz is that of one resampler, over all blocks', (rateHz) => {
    const line = createAgentLine(rateHz);
    const sound = tone(rateHz / 2, rateHz);
    const block = rateHz / 50;
    for (let at = 0; at < sound.length; at += block)
      line.give(sound.slice(at, at + block), 5_000 + (at * 16_000) / rateHz);
    const mix = written(line, 16_000);
    expect([...mix.subarray(5_000, 13_000)]).toEqual([...resample(sound, { fromHz: rateHz, toHz: 16_000 })]);
    expect(mix.subarray(13_000).every((sample) => sample === 0)).toBe(true);
  });

  it('has nothing of what was taken back, and goes on from there', () => {
    const line = createAgentLine(16_000);
    line.give(new Int16Array(1_600).fill(1), 4_000);
    line.give(new Int16Array(1_600).fill(2), 5_600);
    line.takeBack(120);
    line.give(new Int16Array(160).fill(3), 5_280);
    const mix = written(line, 9_600);
    expect([...mix.subarray(4_000, 5_280)]).toEqual(new Array(1_280).fill(1));
    expect([...mix.subarray(5_280, 5_440)]).toEqual(new Array(160).fill(3));
    expect(mix.subarray(5_440).every((sample) => sample === 0)).toBe(true);
  });

  it('has the gap in it when the track had run dry', () => {
    const line = createAgentLine(16_000);
    line.give(new Int16Array(320).fill(1), 4_000);
    line.give(new Int16Array(320).fill(2), 5_000);
    const mix = written(line, 6_400);
    expect(mix.indexOf(2)).toBe(5_000);
    expect(mix.subarray(4_320, 5_000).every((sample) => sample === 0)).toBe(true);
  });
});
