import type { RecordedTurn } from '@parley/contracts/call-record';
import { timedWords } from './timed-words.ts';
import { turnKey } from './turn-key.ts';

/** A word's place in the transcript. */
export interface WordPlace {
  readonly turn: string;
  /** Where it begins in the turn's text. */
  readonly at: number;
}

/** Tells which words sound at an instant of the call. */
export interface WordIndex {
  /** At most one word of each side, as both may talk at once. */
  soundingAt(atMs: number): readonly WordPlace[];
}

interface Entry extends WordPlace {
  readonly startMs: number;
  readonly endMs: number;
}

export function indexWords(turns: readonly RecordedTurn[]): WordIndex {
  const sides = (['caller', 'agent'] as const).map((role) =>
    turns
      .filter((turn) => turn.role === role)
      .flatMap((turn): Entry[] => {
        const key = turnKey(turn);
        return timedWords(turn).flatMap(({ at, span }) => (span ? [{ turn: key, at, ...span }] : []));
      })
      .sort((one, other) => one.startMs - other.startMs),
  );
  return {
    soundingAt(atMs) {
      return sides.flatMap((entries) => {
        const entry = entries[lastStarted(entries, atMs)];
        return entry && atMs < entry.endMs ? [{ turn: entry.turn, at: entry.at }] : [];
      });
    },
  };
}

/** The index of the last entry that began by `atMs`; -1 where none has. */
function lastStarted(entries: readonly Entry[], atMs: number): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((entries[middle]?.startMs ?? 0) <= atMs) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
