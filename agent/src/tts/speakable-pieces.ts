/** A part of a segment that is spoken in one breath. */
export interface SpeakablePiece {
  /** As it stands in the segment. */
  readonly text: string;
  /** Place in the segment, in UTF-16 code units. */
  readonly charStart: number;
  /** What stands before it, which decides the pause: another segment, or an earlier piece of this one. */
  readonly follows: 'segment' | 'sentence' | 'clause' | 'word';
}

/**
 * A piece longer than this is cut at its last comma: its sound comes 50 ms sooner for each 60 characters
 * less.
 */
const COMFORTABLE_CHARS = 120;
/** No piece is longer, so that no sentence holds up others for more than a quarter of a second. */
const LONGEST_CHARS = 200;
/** A piece shorter than this sounds cut off. */
const SHORTEST_CHARS = 16;

const BOUNDARIES = [
  { kind: 'sentence', pattern: /[.!?…]["')\]]*\s+/g },
  { kind: 'clause', pattern: /[,;:)]\s+|\s+[—–-]\s+|—/g },
  { kind: 'word', pattern: /\s+/g },
] as const;

/** Cuts a segment into pieces that together are the whole of it; an ordinary sentence is one piece. */
export function splitSpeakable(segment: string): readonly SpeakablePiece[] {
  const pieces: SpeakablePiece[] = [];
  let charStart = 0;
  let follows: SpeakablePiece['follows'] = 'segment';
  while (charStart < segment.length) {
    const cut = nextCut(segment.slice(charStart, charStart + LONGEST_CHARS + 1));
    pieces.push({ text: segment.slice(charStart, charStart + cut.length), charStart, follows });
    charStart += cut.length;
    follows = cut.kind;
  }
  return pieces;
}

function nextCut(rest: string): { readonly length: number; readonly kind: 'sentence' | 'clause' | 'word' } {
  if (rest.length <= COMFORTABLE_CHARS) return { length: rest.length, kind: 'word' };
  for (const { kind, pattern } of BOUNDARIES) {
    const cuts = [...rest.matchAll(pattern)]
      .map((match) => match.index + match[0].length)
      .filter((length) => length >= SHORTEST_CHARS && length <= LONGEST_CHARS);
    const length =
      kind === 'word' ? cuts.at(-1) : (cuts.findLast((cut) => cut <= COMFORTABLE_CHARS) ?? cuts[0]);
    if (length !== undefined) return { length, kind };
  }
  const splitsPair = /[\uD800-\uDBFF]/.test(rest.charAt(LONGEST_CHARS - 1));
  return { length: Math.min(rest.length, splitsPair ? LONGEST_CHARS - 1 : LONGEST_CHARS), kind: 'word' };
}
