import { describe, expect, test } from 'vitest';
import type { HeardFrame } from '../contract.ts';
import { createSpokenSound } from './spoken-sound.ts';

/** 32 ms, told apart by its first sample. */
const frame = (mark: number, isSpeech: boolean): HeardFrame => ({
  samples: new Int16Array(512).fill(mark),
  sampleRateHz: 16_000,
  isSpeech,
});
const marksOf = (frames: readonly HeardFrame[]) => frames.map(({ samples }) => samples[0]);

describe('sound that is sent', () => {
  test('is none before speech, and with speech what came just before it', () => {
    const spoken = createSpokenSound({ prefixPaddingMs: 96, tailMs: 64 });
    for (let mark = 0; mark < 10; mark++) expect(spoken.take(frame(mark, false))).toEqual([]);
    expect(marksOf(spoken.take(frame(10, true)))).toEqual([7, 8, 9, 10]);
    expect(marksOf(spoken.take(frame(11, true)))).toEqual([11]);
  });

  test('goes on for a while after speech, and nothing is sent twice', () => {
    const spoken = createSpokenSound({ prefixPaddingMs: 64, tailMs: 64 });
    const sent = [];
    for (let mark = 0; mark < 8; mark++) sent.push(...spoken.take(frame(mark, mark === 0)));
    expect(marksOf(sent)).toEqual([0, 1, 2]);
    expect(marksOf(spoken.take(frame(8, true)))).toEqual([6, 7, 8]);
  });
});
