import { describe, expect, test } from 'vitest';
import type { HeardFrame } from '../contract.ts';
import { createWaitingSound } from './waiting-sound.ts';

/** 32 ms, told apart by its first sample. */
const frame = (mark: number, isSpeech: boolean): HeardFrame => ({
  samples: new Int16Array(512).fill(mark),
  sampleRateHz: 16_000,
  isSpeech,
});

describe('sound that waits', () => {
  test('keeps its order with the wishes between it', () => {
    const waiting = createWaitingSound<string>();
    waiting.push(frame(1, true));
    waiting.ask('a');
    waiting.push(frame(2, true));
    expect(waiting.take().map((item) => ('wish' in item ? item.wish : item.frame.samples[0]))).toEqual([
      1,
      'a',
      2,
    ]);
    expect(waiting.take()).toEqual([]);
  });

  test('is bounded: the oldest goes, its wishes stay, and what is lost is told', () => {
    const waiting = createWaitingSound<string>();
    waiting.push(frame(1, true));
    waiting.ask('a');
    for (let mark = 2; mark <= 330; mark++) waiting.push(frame(mark, true));
    expect(waiting.droppedMs).toBe(18 * 32);
    const [first, second] = waiting.take();
    expect([first, second && 'frame' in second && second.frame.samples[0]]).toEqual([{ wish: 'a' }, 19]);
  });
});
