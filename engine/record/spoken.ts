import type { WordMark } from '@parley/contracts/call-record';
import { wordEnds } from './words.ts';

/** A stretch of speech. Instants are on the call clock. */
export interface Span {
  readonly startedAtMs: number;
  /** Null while it goes on. */
  readonly endedAtMs: number | null;
}

/** So many words of a turn were understood by then. */
export interface Growth {
  readonly words: number;
  readonly atMs: number;
  /** While they were spoken, not once they were. */
  readonly isInterim: boolean;
}

/** When something was said. */
export interface Spoken {
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  readonly marks: readonly WordMark[];
  readonly areMarksEstimated: boolean;
}

interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * When a text was said, from the speech that was heard and the instants at which its words were understood, both the
 * oldest first. Where no interim told of the words while they were spoken, they are spread over the speech by length.
 */
export function spokenOf(
  text: string,
  spans: readonly Span[],
  growth: readonly Growth[],
  closedAtMs: number,
): Spoken {
  const first = spans[0];
  const startedAtMs = first?.startedAtMs ?? growth[0]?.atMs ?? closedAtMs;
  const endedAtMs = Math.max(startedAtMs, spans.at(-1)?.endedAtMs ?? closedAtMs);
  if (first === undefined) {
    // Nothing but the text came, at once.
    const marks = text === '' ? [] : [{ charEnd: text.length, atMs: startedAtMs }];
    return { startedAtMs, endedAtMs: startedAtMs, marks, areMarksEstimated: true };
  }
  const hasInterims = growth.some(({ isInterim }) => isInterim);
  const within = (atMs: number) => Math.min(endedAtMs, Math.max(startedAtMs, atMs));
  const stretches = spans.map((span) => ({ fromMs: span.startedAtMs, toMs: span.endedAtMs ?? endedAtMs }));
  const marks = hasInterims ? grownMarks(text, growth, within) : spreadMarks(text, stretches, growth);
  const last = marks.at(-1)?.charEnd ?? 0;
  const whole = last < text.length ? [...marks, { charEnd: text.length, atMs: endedAtMs }] : marks;
  return { startedAtMs, endedAtMs, marks: whole, areMarksEstimated: !hasInterims };
}

/** A mark each time that words were understood. */
function grownMarks(
  text: string,
  growth: readonly Growth[],
  within: (atMs: number) => number,
): readonly WordMark[] {
  const ends = wordEnds(text);
  const marks: WordMark[] = [];
  for (const { words, atMs } of growth) {
    const charEnd = ends[Math.min(words, ends.length) - 1];
    if (charEnd !== undefined && charEnd > (marks.at(-1)?.charEnd ?? 0))
      marks.push({ charEnd, atMs: within(atMs) });
  }
  return marks;
}

/** A mark a word: those of each utterance are spread over the speech since the one before. */
function spreadMarks(
  text: string,
  stretches: readonly Stretch[],
  growth: readonly Growth[],
): readonly WordMark[] {
  const ends = wordEnds(text);
  const marks: WordMark[] = [];
  let restWords = 0;
  let restStretches = stretches;
  const utterances = growth.slice(0, -1).map(({ words, atMs }) => ({ words, untilMs: atMs }));
  for (const { words, untilMs } of [
    ...utterances,
    { words: ends.length, untilMs: Number.POSITIVE_INFINITY },
  ]) {
    const own = restStretches.filter(({ fromMs }) => fromMs < untilMs);
    if (own.length === 0) continue;
    marks.push(...spreadOver(own, ends.slice(restWords, words), ends[restWords - 1] ?? 0));
    restWords = Math.min(words, ends.length);
    restStretches = restStretches.slice(own.length);
  }
  return marks;
}

function spreadOver(stretches: readonly Stretch[], ends: readonly number[], fromChar: number): WordMark[] {
  const chars = (ends.at(-1) ?? 0) - fromChar;
  const spokenMs = stretches.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
  return ends.map((charEnd) => ({
    charEnd,
    atMs: pointOf(stretches, ((charEnd - fromChar) / chars) * spokenMs),
  }));
}

/** The instant at which so much had been spoken. */
function pointOf(stretches: readonly Stretch[], spokenMs: number): number {
  let restMs = spokenMs;
  let atMs = 0;
  for (const { fromMs, toMs } of stretches) {
    atMs = Math.min(toMs, fromMs + restMs);
    restMs -= toMs - fromMs;
    if (restMs <= 0) break;
  }
  return Math.round(atMs);
}
