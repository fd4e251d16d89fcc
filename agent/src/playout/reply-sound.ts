import type { WordMark } from '../tts/contract.ts';

/** Share of a word that must have been played for it to count as heard. */
const HEARD_SHARE = 0.6;

/** What came to be known when the played position moved on. */
export type HeardChange =
  | { readonly type: 'started'; readonly segmentId: string }
  | { readonly type: 'progressed'; readonly segmentId: string; readonly charEnd: number }
  | { readonly type: 'segmentPlayed'; readonly segmentId: string }
  | { readonly type: 'finished' };

interface Segment {
  readonly segmentId: string;
  /** Place of its first sample in the reply. */
  readonly start: number;
  length: number;
  isEnded: boolean;
  isStarted: boolean;
  /** Words not yet heard, in order: the place in the reply at which each counts as heard. */
  readonly marks: { readonly heardAt: number; readonly charEnd: number }[];
  heardCharEnd: number;
}

/**
 * One reply's sound and words as one line of samples: the segments in the order in which they came, end to end.
 * Places are samples from the start of the reply. Pure: it is told what was given to the track and what was played.
 */
export interface ReplySound {
  /** Samples that have come so far. */
  readonly length: number;
  /** Nothing of the segment that came last, or of the whole reply, is still to come. */
  readonly isComplete: boolean;
  /** `finished` was told: everything was played and nothing follows. */
  readonly isFinished: boolean;
  /** Each returns false where the segment has ended: its time has passed. */
  append(segmentId: string, samples: Int16Array): boolean;
  mark(segmentId: string, marks: readonly WordMark[]): boolean;
  endSegment(segmentId: string): boolean;
  finish(): void;
  /** A copy of up to `count` samples from `from`. */
  read(from: number, count: number): Int16Array;
  /** Frees the sound before `place`, which is never read again. */
  forgetBefore(place: number): void;
  /** What the caller has heard since the last call, now that `played` samples were played and `given` handed over. */
  advance(place: { readonly played: number; readonly given: number }): HeardChange[];
  /** Place at which `advance` will next have something to tell; null where it is not known yet. */
  readonly nextChangeAt: number | null;
  /** The segment that started last, with the end of its last word heard. */
  readonly heard: { readonly segmentId: string | null; readonly charEnd: number };
}

export function createReplySound(sampleRateHz: number): ReplySound {
  /** Segments not yet played through; the first is the one that sounds. */
  const segments: Segment[] = [];
  const ended = new Set<string>();
  const chunks: { readonly start: number; readonly samples: Int16Array }[] = [];
  let length = 0;
  let isFinishing = false;
  let isFinished = false;
  let heard: { segmentId: string | null; charEnd: number } = { segmentId: null, charEnd: 0 };

  const end = (segment: Segment | undefined) => {
    if (segment === undefined) return;
    segment.isEnded = true;
    ended.add(segment.segmentId);
  };
  /** The segment by its id; a new one follows all that came before, which thereby ended. */
  const segmentOf = (segmentId: string): Segment | undefined => {
    const last = segments.at(-1);
    if (ended.has(segmentId) || isFinishing) return undefined;
    if (last?.segmentId === segmentId) return last;
    end(last);
    const segment = {
      segmentId,
      start: length,
      length: 0,
      isEnded: false,
      isStarted: false,
      marks: [],
      heardCharEnd: 0,
    };
    segments.push(segment);
    return segment;
  };

  return {
    get length() {
      return length;
    },
    get isComplete() {
      return isFinishing || segments.at(-1)?.isEnded !== false;
    },
    get isFinished() {
      return isFinished;
    },
    append(segmentId, samples) {
      const segment = segmentOf(segmentId);
      if (segment === undefined) return false;
      if (samples.length > 0) chunks.push({ start: length, samples });
      segment.length += samples.length;
      length += samples.length;
      return true;
    },
    mark(segmentId, marks) {
      const segment = segmentOf(segmentId);
      if (segment === undefined) return false;
      for (const { startMs, endMs, charEnd } of marks) {
        const heardAtMs = startMs + HEARD_SHARE * (endMs - startMs);
        const heardAt = segment.start + Math.round((heardAtMs / 1000) * sampleRateHz);
        const before = segment.marks.at(-1)?.heardAt ?? segment.start;
        segment.marks.push({ heardAt: Math.max(before, heardAt), charEnd });
      }
      return true;
    },
    endSegment(segmentId) {
      const segment = segmentOf(segmentId);
      end(segment);
      return segment !== undefined;
    },
    finish() {
      end(segments.at(-1));
      isFinishing = true;
    },
    read(from, count) {
      const samples = new Int16Array(Math.max(0, Math.min(count, length - from)));
      for (const chunk of chunks) {
        const begin = Math.max(from, chunk.start);
        const stop = Math.min(from + samples.length, chunk.start + chunk.samples.length);
        if (begin < stop)
          samples.set(chunk.samples.subarray(begin - chunk.start, stop - chunk.start), begin - from);
      }
      return samples;
    },
    forgetBefore(place) {
      for (let first = chunks[0]; first && first.start + first.samples.length <= place; first = chunks[0])
        chunks.shift();
    },
    advance({ played, given }) {
      const changes: HeardChange[] = [];
      for (let segment = segments[0]; segment !== undefined; segment = segments[0]) {
        const { segmentId, start } = segment;
        const stop = start + segment.length;
        const hasSounded = given > start && played >= start && segment.length > 0;
        if (hasSounded && !segment.isStarted) {
          segment.isStarted = true;
          heard = { segmentId, charEnd: 0 };
          changes.push({ type: 'started', segmentId });
        }
        const isPlayed = segment.isEnded && played >= stop;
        for (let mark = segment.marks[0]; mark && segment.isStarted; mark = segment.marks[0]) {
          // A word that the voice placed behind its own sound is heard with the sound's end.
          if (mark.heardAt > played && !isPlayed) break;
          segment.marks.shift();
          if (mark.charEnd <= segment.heardCharEnd) continue;
          segment.heardCharEnd = mark.charEnd;
          heard = { segmentId, charEnd: mark.charEnd };
          changes.push({ type: 'progressed', segmentId, charEnd: mark.charEnd });
        }
        if (!isPlayed) break;
        segments.shift();
        changes.push({ type: 'segmentPlayed', segmentId });
      }
      if (isFinishing && !isFinished && segments.length === 0) {
        isFinished = true;
        changes.push({ type: 'finished' });
      }
      return changes;
    },
    get nextChangeAt() {
      const segment = segments[0];
      if (segment === undefined) return null;
      if (!segment.isStarted && segment.length > 0) return segment.start;
      const stop = segment.isEnded ? segment.start + segment.length : null;
      const word = segment.marks[0]?.heardAt ?? null;
      return word === null || stop === null ? (word ?? stop) : Math.min(word, stop);
    },
    get heard() {
      return heard;
    },
  };
}
