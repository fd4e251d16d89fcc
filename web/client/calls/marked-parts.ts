import type { CallMatch } from '@parley/contracts/calls-api';

/** A snippet cut where the words that were searched for begin and end; `at` is where a part begins. */
export function markedParts({ text, hits }: Pick<CallMatch, 'text' | 'hits'>): readonly {
  readonly text: string;
  readonly at: number;
  readonly isHit: boolean;
}[] {
  const parts: { text: string; at: number; isHit: boolean }[] = [];
  const add = (from: number, to: number, isHit: boolean) => {
    if (to > from) parts.push({ text: text.slice(from, to), at: from, isHit });
  };
  let doneTo = 0;
  for (const { start, end } of hits) {
    const from = Math.max(doneTo, start);
    const to = Math.min(text.length, end);
    if (to <= from) continue;
    add(doneTo, from, false);
    add(from, to, true);
    doneTo = to;
  }
  add(doneTo, text.length, false);
  return parts;
}
