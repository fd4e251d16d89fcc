/** Cuts a model's text, as it comes, into segments that a voice can speak: sentences. */
export interface Segmenter {
  readonly pending: string;
}

export const EMPTY_SEGMENTER: Segmenter = { pending: '' };

/** A sentence that runs on is cut at a clause past this many characters. Source: vendors' limits and one breath. */
const LONGEST_SEGMENT_CHARS = 240;

const ABBREVIATIONS = new Set([
  'mr',
  'mrs',
  'ms',
  'dr',
  'st',
  'vs',
  'etc',
  'e.g',
  'i.e',
  'a.m',
  'p.m',
  'jr',
  'sr',
]);
const SENTENCE_END = /[.!?…]+["')\]]*(?=\s)|[。！？।]|\n+/gu;

export function addText(
  segmenter: Segmenter,
  delta: string,
): { readonly segmenter: Segmenter; readonly segments: readonly string[] } {
  const segments: string[] = [];
  let rest = segmenter.pending + delta;
  for (let cut = nextCut(rest); cut > 0; cut = nextCut(rest)) {
    pushSegment(segments, rest.slice(0, cut));
    rest = rest.slice(cut);
  }
  return { segmenter: { pending: rest }, segments };
}

/** What is left when the model has finished. */
export function flushText(segmenter: Segmenter): readonly string[] {
  const segments: string[] = [];
  pushSegment(segments, segmenter.pending);
  return segments;
}

function pushSegment(segments: string[], text: string): void {
  const segment = text.normalize('NFC').replace(/\s+/g, ' ').trim();
  if (segment !== '') segments.push(segment);
}

/** Place after the first whole segment, or 0 where there is none yet. */
function nextCut(text: string): number {
  for (const match of text.matchAll(SENTENCE_END)) {
    const end = match.index + match[0].length;
    if (match[0].startsWith('.') && isAbbreviation(text.slice(0, match.index))) continue;
    if (text.slice(0, end).trim() !== '') return end;
  }
  if (text.length <= LONGEST_SEGMENT_CHARS) return 0;
  const head = text.slice(0, LONGEST_SEGMENT_CHARS);
  const clause = Math.max(head.lastIndexOf(', '), head.lastIndexOf('; '), head.lastIndexOf(': '));
  const space = head.lastIndexOf(' ');
  if (clause > 40) return clause + 1;
  return space > 0 ? space + 1 : LONGEST_SEGMENT_CHARS;
}

function isAbbreviation(before: string): boolean {
  const word = /[\p{L}.]+$/u.exec(before)?.[0].toLowerCase() ?? '';
  return ABBREVIATIONS.has(word) || /^\p{L}$/u.test(word);
}
