import { expect, it } from 'vitest';
import { createSoundEnd } from './sound-end.ts';

const FRAME_MS = 32;

/** Frames of a steady height each, from 0 ms on. */
function hearEnd(heights: readonly number[]) {
  const end = createSoundEnd();
  for (const [index, height] of heights.entries())
    end.hear(new Int16Array(512).fill(height), (index + 1) * FRAME_MS);
  return end;
}

it('ends with the last sound that is near the loudest, in windows of 8 ms', () => {
  expect(hearEnd([8_000, 8_000, 4_000, 40, 40]).take()).toBe(96);
  const end = createSoundEnd();
  end.hear(new Int16Array(512).fill(8_000, 0, 200), 1_000);
  expect(end.take()).toBe(1_000 - 32 + 16);
});

it('goes on through noise that cannot be told from speech', () => {
  expect(hearEnd([8_000, 400, 400, 400]).take()).toBe(128);
});

it('tells nothing of nothing, and begins anew with each utterance', () => {
  const end = hearEnd([8_000, 40]);
  expect(end.take()).toBe(32);
  expect(end.take()).toBeNull();
  end.hear(new Int16Array(512).fill(40), 200);
  expect(end.take()).toBe(200);
});
