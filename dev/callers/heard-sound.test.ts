import { expect, it } from 'vitest';
import { EAR_RATE_HZ } from './caller-messages.ts';
import { createHeardSound } from './heard-sound.ts';

/** Frames of 10 ms from 1,000 ms on; each is loud or silent. */
function hear(pattern: string) {
  const sound = createHeardSound();
  const samples = (isLoud: boolean) => new Int16Array(EAR_RATE_HZ / 100).fill(isLoud ? 3_000 : 20);
  sound.add(
    [...pattern].map((mark, index) => ({ samples: samples(mark === '#'), arrivedAtMs: 1_000 + 10 * index })),
  );
  return sound;
}

it('sound has an onset and an offset', () => {
  expect(hear('..###...').intervalsSince(0)).toEqual([{ onsetAtMs: 1_020, offsetAtMs: 1_050 }]);
});

it('a short gap is inside a sound, a long one parts two', () => {
  expect(hear(`#${'.'.repeat(24)}#`).intervalsSince(0)).toHaveLength(1);
  expect(hear(`#${'.'.repeat(25)}#`).intervalsSince(0)).toHaveLength(2);
});

it('what began before is cut where one listens from', () => {
  expect(hear('####').intervalsSince(1_020)).toEqual([{ onsetAtMs: 1_020, offsetAtMs: 1_040 }]);
  expect(hear('####').intervalsSince(1_040)).toEqual([]);
});

it('half a frame of sound is timed to 5 ms', () => {
  const samples = new Int16Array(480);
  samples.fill(3_000, 240);
  const sound = createHeardSound();
  sound.add([{ samples, arrivedAtMs: 50 }]);
  expect(sound.intervalsSince(0)).toEqual([{ onsetAtMs: 55, offsetAtMs: 60 }]);
});

it('the recording is what arrived between two instants', () => {
  const { samples, sampleRateHz } = hear('.##.').framesBetween(1_010, 1_030);
  expect(sampleRateHz).toBe(EAR_RATE_HZ);
  expect([...samples]).toEqual(Array.from({ length: 960 }, () => 3_000));
});
