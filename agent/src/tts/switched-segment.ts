import type { TtsEvent, WordMark } from './contract.ts';
import type { TtsSegment } from './reply.ts';

/** One segment of a reply, said by one voice or by several, one after the other. */
export interface SwitchedSegment {
  readonly segmentId: string;
  /** What the voice in use is to say: all of it, or what was not said whole by those before it. */
  readonly text: string;
  /** How far the segment's text has been said whole; tells whether there was progress. */
  readonly saidChars: number;
  /** The end of the segment is also the end of a sentence: another voice may go on here. */
  readonly endsSentence: boolean;
  /** Makes an event of the voice in use one of the segment. */
  translate(event: TtsEvent): readonly TtsEvent[];
  /**
   * The voice in use says no more: `text` is then what follows the last word whose sound was given whole. Returns the
   * end of the segment where nothing follows.
   */
  handOver(): Extract<TtsEvent, { type: 'segmentEnd' }> | null;
}

/**
 * A word whose time was estimated counts as given only when so much more sound was, in ms: a word that is heard twice is
 * better than one that is missing. Source: the length of a word of two syllables.
 */
const ESTIMATE_MS = 300;

/** Something that a voice can say. */
const SAYABLE = /[\p{L}\p{N}\p{Sc}&@%+=#*/]/u;
const SENTENCE_END = /[.!?…。！？।]["'”’»)\]]*\s*$/u;

export function createSwitchedSegment({ segmentId, text }: TtsSegment): SwitchedSegment {
  /** Where the voice in use began: in the text, and in the segment's sound. */
  let from = { chars: 0, ms: 0 };
  let givenMs = 0;
  /** Of the voice in use, by its own count. */
  let marks: WordMark[] = [];
  let markedCount = 0;

  /** Marks of words that begin before `untilMs`: those of later words may never be heard. */
  const markUntil = (untilMs: number): readonly TtsEvent[] => {
    const due = marks.slice(markedCount).filter(({ startMs }) => startMs < untilMs);
    markedCount += due.length;
    if (due.length === 0) return [];
    const placed = due.map((mark) => ({
      ...mark,
      charStart: mark.charStart + from.chars,
      charEnd: mark.charEnd + from.chars,
      startMs: mark.startMs + from.ms,
      endMs: mark.endMs + from.ms,
    }));
    return [{ type: 'words', segmentId, marks: placed }];
  };

  return {
    segmentId,
    get text() {
      return text.slice(from.chars);
    },
    get saidChars() {
      return from.chars;
    },
    endsSentence: SENTENCE_END.test(text),
    translate(event) {
      switch (event.type) {
        case 'usage':
          return [event];
        case 'words':
          marks = [...marks, ...event.marks];
          return markUntil(givenMs);
        case 'audio': {
          givenMs += (event.samples.length * 1000) / event.sampleRateHz;
          return [...markUntil(givenMs), event];
        }
        case 'segmentEnd':
          return [
            ...markUntil(Number.POSITIVE_INFINITY),
            { type: 'segmentEnd', segmentId, durationMs: from.ms + event.durationMs },
          ];
      }
    },
    handOver() {
      const isGiven = ({ endMs, isEstimated }: WordMark) =>
        endMs + (isEstimated ? ESTIMATE_MS : 0) <= givenMs;
      const edge = from.chars + (marks.findLast(isGiven)?.charEnd ?? 0);
      const spaces = /^\s*/u.exec(text.slice(edge))?.[0].length ?? 0;
      from = { chars: edge === 0 ? 0 : edge + spaces, ms: from.ms + givenMs };
      givenMs = 0;
      marks = [];
      markedCount = 0;
      const isOver = from.chars > 0 && !SAYABLE.test(text.slice(from.chars));
      return isOver ? { type: 'segmentEnd', segmentId, durationMs: from.ms } : null;
    },
  };
}
