import { firstClauseEnd } from './first-clause.ts';
import { withoutMarkup } from './markup.ts';
import { endBeforeCapital, endsSentence, endsWideSentence } from './sentence-end.ts';

/**
 * Cuts a model's text, as it comes, into segments that a voice can speak: first a clause, so that it begins early, then
 * whole sentences. Segments are free of markup and otherwise what the model wrote. However the text is cut into deltas,
 * the same segments come out.
 */
export interface Segmenter {
  /** As the model wrote it. */
  readonly pending: string;
  readonly startsLine: boolean;
  /** Lines between fences: code in a language is left out, other text is spoken. */
  readonly fence: 'none' | 'text' | 'code';
  /** Whether the first words were given, or should have been. */
  readonly opening: 'awaited' | 'overdue' | 'done';
}

export const EMPTY_SEGMENTER: Segmenter = {
  pending: '',
  startsLine: true,
  fence: 'none',
  opening: 'awaited',
};

/** What came out, and what is left. */
export interface Segmented {
  readonly segmenter: Segmenter;
  readonly segments: readonly string[];
}

/** A sentence that runs on is cut at a clause past this many characters. Source: vendors' limits and one breath. */
const LONGEST_SEGMENT_CHARS = 240;
/** A clause shorter than this is no place to cut a sentence that runs on. */
const SHORTEST_CLAUSE_CHARS = 40;
const FENCE = /^\s*(?:`{3,}|~{3,})\s*([\w+#.-]*)\s*$/;

/** `language`: BCP 47 tag. */
export function addText(segmenter: Segmenter, delta: string, language: string): Segmented {
  const segments: string[] = [];
  let next = segmenter;
  // One character at a time, so that a cut is where it would be had they come one by one.
  for (const character of delta.split('')) {
    next = { ...next, pending: next.pending + character };
    const end = mayCut(next.pending) ? nextCut(next, language) : 0;
    if (end > 0) next = cutAt(next, end, segments);
  }
  return { segmenter: next, segments };
}

/** The first words are overdue: they are given now, or once a few have come. */
export function openEarly(segmenter: Segmenter, language: string): Segmented {
  if (segmenter.opening !== 'awaited') return { segmenter, segments: [] };
  const segments: string[] = [];
  const overdue: Segmenter = { ...segmenter, opening: 'overdue' };
  const end = nextCut(overdue, language);
  return { segmenter: end > 0 ? cutAt(overdue, end, segments) : overdue, segments };
}

/** What is left when the model has finished. */
export function flushText(segmenter: Segmenter): readonly string[] {
  const segments: string[] = [];
  cutAt(segmenter, segmenter.pending.length, segments, true);
  return segments;
}

function cutAt(segmenter: Segmenter, end: number, segments: string[], isLast = false): Segmenter {
  const { pending, startsLine, fence } = segmenter;
  const text = pending.slice(0, end);
  const endsLine = isLast || text.endsWith('\n');
  const rest = { ...segmenter, pending: pending.slice(end), startsLine: endsLine };
  const opened = startsLine && endsLine ? FENCE.exec(text) : null;
  if (opened !== null)
    return { ...rest, fence: fence !== 'none' ? 'none' : opened[1] === '' ? 'text' : 'code' };
  const segment = fence === 'code' ? '' : withoutMarkup({ text, startsLine, endsLine });
  if (segment === '') return { ...rest, startsLine: endsLine || (startsLine && text.trim() === '') };
  segments.push(segment);
  return { ...rest, opening: 'done' };
}

/** Whether the last character of the text can decide anything. */
function mayCut(text: string): boolean {
  return (
    text.length > LONGEST_SEGMENT_CHARS || /[\s，；：、]$/u.test(text) || endsWideSentence(text.slice(0, -1))
  );
}

/** Place after the first whole segment, or 0 where there is none yet. */
function nextCut({ pending, fence, opening }: Segmenter, language: string): number {
  if (pending.endsWith('\n')) return pending.length;
  if (fence === 'none') {
    if (endsSentence(pending, language)) return pending.length;
    const capital = endBeforeCapital(pending);
    if (capital > 0) return capital;
    if (endsWideSentence(pending.slice(0, -1)) && !endsWideSentence(pending)) return pending.length - 1;
    const clause = opening === 'done' ? 0 : firstClauseEnd(pending, language, opening === 'overdue');
    if (clause > 0) return clause;
  }
  return pending.length > LONGEST_SEGMENT_CHARS ? cutOfLong(pending) : 0;
}

function cutOfLong(text: string): number {
  const head = text.slice(0, LONGEST_SEGMENT_CHARS);
  const clause = Math.max(head.lastIndexOf(', '), head.lastIndexOf('; '), head.lastIndexOf(': '));
  if (clause > SHORTEST_CLAUSE_CHARS) return clause + 1;
  const space = head.lastIndexOf(' ');
  if (space > 0) return space + 1;
  return /[\uD800-\uDBFF]$/.test(head) ? LONGEST_SEGMENT_CHARS - 1 : LONGEST_SEGMENT_CHARS;
}
