import { expect, it } from 'vitest';
import { EAR_RATE_HZ } from './caller-messages.ts';
import { createHeardFrames, KEPT_MS } from './heard-frames.ts';
import { createHeardSound } from './heard-sound.ts';

const frameOf = (isLoud: boolean) => new Int16Array(EAR_RATE_HZ / 100).fill(isLoud ? 3_000 : 20);

/** Frames of 10 ms from 1,000 ms on, each loud or silent, told in batches of five as a caller's process does. */
function hear(pattern: string) {
  const frames = createHeardFrames();
  const sound = createHeardSound();
  const tell = () => {
    const news = frames.takeNews();
    if (news !== null) sound.add(news.loud, news.untilMs);
  };
  for (const [index, mark] of [...pattern].entries()) {
    frames.add(frameOf(mark === '#'), 1_000 + 10 * index);
    if (index % 5 === 4) tell();
  }
  tell();
  return { frames, sound };
}

it('sound has an onset and an offset', () => {
  const { sound } = hear('..###...');
  expect(sound.intervalsSince(0)).toEqual([{ onsetAtMs: 1_020, offsetAtMs: 1_050 }]);
  expect(sound.heardUntilMs).toBe(1_070);
});

it('a short gap is inside a sound, a long one parts two', () => {
  expect(hear(`#${'.'.repeat(24)}#`).sound.intervalsSince(0)).toHaveLength(1);
  expect(hear(`#${'.'.repeat(25)}#`).sound.intervalsSince(0)).toHaveLength(2);
});

it('what began before is cut where one listens from', () => {
  expect(hear('####').sound.intervalsSince(1_020)).toEqual([{ onsetAtMs: 1_020, offsetAtMs: 1_040 }]);
  expect(hear('####').sound.intervalsSince(1_040)).toEqual([]);
});

it('a pause in which one begins to listen is not sound', () => {
  expect(hear('###...###').sound.intervalsSince(1_040)).toEqual([{ onsetAtMs: 1_060, offsetAtMs: 1_090 }]);
});

it('half a frame of sound is timed to 5 ms', () => {
  const samples = frameOf(false).fill(3_000, 240);
  const frames = createHeardFrames();
  frames.add(samples, 50);
  expect(frames.takeNews()).toEqual({ loud: [{ onsetAtMs: 55, offsetAtMs: 60 }], untilMs: 50 });
});

it('only edges are told: a minute of sound in one batch is one stretch, silence none', () => {
  const frames = createHeardFrames();
  for (let index = 0; index < 6_000; index++) frames.add(frameOf(true), 10 * index + (index % 7));
  expect(frames.takeNews()?.loud).toHaveLength(1);
  expect(frames.takeNews()).toBeNull();
  frames.add(frameOf(false), 60_010);
  expect(frames.takeNews()).toEqual({ loud: [], untilMs: 60_010 });
});

it('what arrived between two instants is recalled, and for no longer than it is kept', () => {
  const { frames } = hear('.##.');
  expect([...frames.between(1_010, 1_030)]).toEqual(Array.from({ length: 960 }, () => 3_000));
  for (let atMs = 1_040; atMs <= 1_000 + 3 * KEPT_MS; atMs += 10) frames.add(frameOf(false), atMs);
  expect(frames.between(0, Number.POSITIVE_INFINITY)).toHaveLength((KEPT_MS / 10) * 480);
});
