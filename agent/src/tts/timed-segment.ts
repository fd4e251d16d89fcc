import { audioBlocks, joinBlocks } from './audio-blocks.ts';
import type { TtsEvent, WordMark } from './contract.ts';
import { createEstimatedMarks, type EstimatedMarks, type VoicePace } from './estimated-marks.ts';
import { alignWordMarks, type SpokenWord } from './word-marks.ts';

/**
 * One segment's sound as it streams in from a voice that tells when its words sound, perhaps a little later than their
 * sound: which is held back for it, but for the first `LEAD_MS`. What each call returns is to be given on at once.
 */
export interface TimedSegment {
  readonly receivedMs: number;
  sound(samples: Int16Array): readonly TtsEvent[];
  /** Words not told before, in order, from the start of the segment's sound. */
  words(spoken: readonly SpokenWord[]): readonly TtsEvent[];
  /** What is left, and the segment's end. */
  end(): readonly TtsEvent[];
}

/** Sound given before its words are known, in ms: shorter than nearly every word, and what playout feeds ahead. */
const LEAD_MS = 120;
/** Sound held back for its words at most, in ms: a vendor makes it in a quarter of that, and then tells none. */
const MOST_HELD_MS = 400;

export function createTimedSegment(options: {
  readonly segmentId: string;
  readonly text: string;
  readonly sampleRateHz: number;
  /** Of the voice, for segments whose words it does not tell. */
  readonly pace: VoicePace;
}): TimedSegment {
  const { segmentId, text, sampleRateHz, pace } = options;
  const spoken: SpokenWord[] = [];
  let held: Int16Array = new Int16Array(0);
  let receivedSamples = 0;
  let markedChars = 0;
  let markedUntilMs = 0;
  /** Marks that no later word changes, of words not marked yet. */
  let sure: WordMark[] = [];
  let estimate: EstimatedMarks | null = null;

  const toMs = (samples: number) => (samples * 1000) / sampleRateHz;
  const givenMs = () => toMs(receivedSamples - held.length);

  /** Marks in order, none of a word that was marked, none that ends before the sound that was given. */
  const markEvents = (marks: readonly WordMark[]): TtsEvent[] => {
    const events = marks
      .filter(({ charStart }) => charStart >= markedChars)
      .map((mark) => {
        const startMs = Math.max(mark.startMs, markedUntilMs);
        const endMs = Math.max(mark.endMs, startMs, givenMs());
        markedChars = mark.charEnd;
        markedUntilMs = endMs;
        return { ...mark, startMs, endMs, isEstimated: mark.isEstimated || endMs > mark.endMs };
      });
    return events.length === 0 ? [] : [{ type: 'words', segmentId, marks: events }];
  };

  /** What is sure of the words told so far, as far as their sound is here. */
  const toldMarks = (): TtsEvent[] => {
    const receivedMs = toMs(receivedSamples);
    const count = 1 + sure.findLastIndex((mark) => !mark.isEstimated && mark.endMs <= receivedMs);
    return markEvents(sure.splice(0, count));
  };

  const learnWords = (words: readonly SpokenWord[]) => {
    spoken.push(...words);
    const durationMs = Math.max(spoken.at(-1)?.endMs ?? 0, toMs(receivedSamples));
    const marks = alignWordMarks({ text, spoken, durationMs });
    const lastSure = marks.findLastIndex((mark) => !mark.isEstimated);
    sure = marks.slice(0, lastSure + 1).filter(({ charStart }) => charStart >= markedChars);
  };

  const soundUntil = (untilMs: number): TtsEvent[] => {
    const samples = Math.round((Math.min(untilMs, toMs(receivedSamples)) * sampleRateHz) / 1000);
    const count = samples - (receivedSamples - held.length);
    if (count <= 0) return [];
    const given = held.subarray(0, count);
    held = held.slice(count);
    return [...audioBlocks(segmentId, given, sampleRateHz)];
  };

  const giveOn = (): TtsEvent[] => {
    const receivedMs = toMs(receivedSamples);
    const marks = estimate ? markEvents(estimate.until(receivedMs)) : toldMarks();
    if (estimate) return [...marks, ...soundUntil(receivedMs)];
    return [...marks, ...soundUntil(Math.max(markedUntilMs + LEAD_MS, receivedMs - MOST_HELD_MS))];
  };

  return {
    get receivedMs() {
      return toMs(receivedSamples);
    },
    sound(samples) {
      held = joinBlocks([held, samples]);
      receivedSamples += samples.length;
      if (spoken.length === 0 && toMs(held.length) > MOST_HELD_MS)
        estimate ??= createEstimatedMarks(text, pace);
      return giveOn();
    },
    words(words) {
      if (estimate || words.length === 0) return [];
      learnWords(words);
      return giveOn();
    },
    end() {
      const durationMs = toMs(receivedSamples);
      const marks = markEvents(
        estimate ? estimate.end(durationMs) : alignWordMarks({ text, spoken, durationMs }),
      );
      return [...marks, ...soundUntil(durationMs), { type: 'segmentEnd', segmentId, durationMs }];
    },
  };
}
