import { audioBlocks, joinBlocks } from './audio-blocks.ts';
import type { TtsEvent, WordMark } from './contract.ts';
import { createEstimatedMarks, type VoicePace } from './estimated-marks.ts';

/** Sound held back, in ms, so that its end is known before it is given: the last word's mark goes with it. */
const HELD_BACK_MS = 20;

/**
 * Gives sound on as it streams in, with estimated marks before it, for voices that tell no word times. Its return value
 * is the sound's length in ms.
 */
export async function* markedSound(options: {
  readonly segmentId: string;
  /** What is said, and where it stands in the segment's text and sound. */
  readonly piece: { readonly text: string; readonly charStart: number; readonly startMs: number };
  readonly sampleRateHz: number;
  readonly pace: VoicePace;
  readonly sound: AsyncIterable<Int16Array>;
}): AsyncGenerator<TtsEvent, number> {
  const { segmentId, piece, sampleRateHz, pace } = options;
  const marks = createEstimatedMarks(piece.text, pace);
  const heldSamples = (HELD_BACK_MS * sampleRateHz) / 1000;
  const msOf = (samples: number) => (samples * 1000) / sampleRateHz;
  let held: Int16Array = new Int16Array(0);
  let given = 0;

  function* give(samples: Int16Array, words: readonly WordMark[]): Generator<TtsEvent> {
    if (words.length > 0) yield { type: 'words', segmentId, marks: words.map((mark) => moved(mark, piece)) };
    yield* audioBlocks(segmentId, samples, sampleRateHz);
    given += samples.length;
  }
  for await (const samples of options.sound) {
    const all = joinBlocks([held, samples]);
    const now = Math.max(0, all.length - heldSamples);
    held = all.slice(now);
    if (now > 0) yield* give(all.subarray(0, now), marks.until(msOf(given + now)));
  }
  const durationMs = msOf(given + held.length);
  if (durationMs > 0) yield* give(held, marks.end(durationMs, msOf(given)));
  return durationMs;
}

function moved(mark: WordMark, by: { readonly charStart: number; readonly startMs: number }): WordMark {
  return {
    charStart: mark.charStart + by.charStart,
    charEnd: mark.charEnd + by.charStart,
    startMs: mark.startMs + by.startMs,
    endMs: mark.endMs + by.startMs,
    isEstimated: mark.isEstimated,
  };
}
