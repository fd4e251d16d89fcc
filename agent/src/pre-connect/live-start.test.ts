import { describe, expect, it } from 'vitest';
import { findLiveStart } from './live-start.ts';

const RATE_HZ = 16_000;
const samples = (ms: number) => (ms * RATE_HZ) / 1000;

/** Numbers without an order, the same in each run: -1 to 1. */
function noise(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}

/** Like a voice: pulses at a wandering pitch through a resonance, in syllables with pauses. */
function voice(ms: number, seed: number): Int16Array {
  const random = noise(seed);
  let [untilPulse, pitch, past, before] = [0, 120, 0, 0];
  return Int16Array.from({ length: samples(ms) }, (_, at) => {
    const isPulse = untilPulse-- <= 0;
    if (isPulse) {
      pitch = Math.min(220, Math.max(80, pitch + 8 * random()));
      untilPulse = RATE_HZ / pitch;
    }
    const syllable = Math.max(0, Math.sin((2 * Math.PI * at) / samples(310) + seed));
    const value = (isPulse ? 9_000 : 300 * random()) * syllable + 1.86 * past - 0.9 * before;
    [before, past] = [past, value];
    return Math.max(-32_768, Math.min(32_767, value / 3));
  });
}

function distorted(sound: Int16Array, options: { noiseRms: number; gain: number }, seed = 99): Int16Array {
  const random = noise(seed);
  return sound.map((sample) => sample * options.gain + random() * options.noiseRms * Math.sqrt(3));
}

describe('the start of the live sound in the kept one', () => {
  const said = voice(8_000, 5);

  it.each([200, 310, 510, 900, 1_500, 2_900])('is found where they overlap for %i ms', (overlapMs) => {
    const end = samples(5_000);
    const live = distorted(said.subarray(end - samples(overlapMs)), { noiseRms: 60, gain: 0.7 });
    const found = findLiveStart(said.subarray(0, end), live);
    expect(found.kind).toBe('found');
    if (found.kind !== 'found') return;
    expect(Math.abs(found.keptSamples - (end - samples(overlapMs)))).toBeLessThanOrEqual(samples(2));
  });

  it('is found where a jitter buffer left out 10 ms of the live sound', () => {
    const end = samples(4_000);
    const start = end - samples(700);
    const live = [...said.subarray(start, start + samples(400)), ...said.subarray(start + samples(410))];
    const found = findLiveStart(said.subarray(0, end), Int16Array.from(live));
    expect(found).toMatchObject({ kind: 'found' });
    if (found.kind === 'found') expect(Math.abs(found.keptSamples - start)).toBeLessThanOrEqual(samples(10));
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('is not made up where the live sound is another (%i)', (seed) => {
    expect(findLiveStart(voice(4_000, seed), voice(1_000, seed + 50)).kind).toBe('unsure');
  });

  it('is unsure where the overlap is silent, or nothing is there', () => {
    const quiet = distorted(new Int16Array(samples(1_000)), { noiseRms: 20, gain: 1 });
    expect(findLiveStart(Int16Array.from([...said.subarray(0, 9_000), ...quiet]), quiet).kind).toBe('unsure');
    expect(findLiveStart(said, new Int16Array(0)).kind).toBe('unsure');
    expect(findLiveStart(new Int16Array(0), said).kind).toBe('unsure');
  });
});
