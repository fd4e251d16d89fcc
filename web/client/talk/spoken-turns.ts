import type { Segment, Speaker } from '../room/transcript.ts';

/** What one speaker said until another spoke. */
export interface SpokenTurn {
  /** The id of its first segment. */
  readonly id: string;
  readonly speaker: Speaker;
  readonly segments: readonly Segment[];
}

/** Joins the segments of one speaker that follow each other; a typed message stands for itself. */
export function groupTurns(segments: readonly Segment[]): SpokenTurn[] {
  const turns: { id: string; speaker: Speaker; segments: Segment[] }[] = [];
  for (const segment of segments) {
    const last = turns.at(-1);
    if (last && isSameTurn(last.segments, segment)) last.segments.push(segment);
    else turns.push({ id: segment.id, speaker: segment.speaker, segments: [segment] });
  }
  return turns;
}

function isSameTurn([first]: readonly Segment[], next: Segment): boolean {
  if (!first || first.typed !== null || next.typed !== null) return false;
  return isSameSpeaker(first.speaker, next.speaker);
}

function isSameSpeaker(one: Speaker, other: Speaker): boolean {
  if (one.kind === 'guest' && other.kind === 'guest') return one.identity === other.identity;
  return one.kind === other.kind;
}
