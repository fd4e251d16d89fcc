import type { Clock } from '../../runtime/clock.ts';

/** A final that was asked for and has not been given. */
export interface OwedFinal {
  /** Speech before the wish, and after the wish before it, in ms. 0: it needs nothing from the vendor. */
  readonly speechMs: number;
  /** Place in the stream up to which it is to reach, in ms; null until the vendor has all sound up to there. */
  readonly untilMs: number | null;
}

/** Finals that were asked for, oldest first: each is given once, in order. */
export interface OwedFinals {
  add(speechMs: number): OwedFinal;
  /** All sound before the wish is at the vendor: from here on it is waited for no longer than the deadline. */
  wait(final: OwedFinal, untilMs: number): void;
  readonly first: OwedFinal | undefined;
  /** How many the vendor is waited for. */
  readonly waitingCount: number;
  /** Gives the first, ready or not, and what is ready behind it. */
  giveFirst(): void;
  /** Gives what is ready, from the first on. */
  giveReady(): void;
  clear(): void;
}

export function createOwedFinals(options: {
  readonly clock: Clock;
  /** How long the vendor's answer is waited for, in ms. */
  readonly withinMs: number;
  /** Whether all that is to be in it has come. Asked for what is waited for alone. */
  readonly isReady: (untilMs: number) => boolean;
  readonly give: (final: OwedFinal) => void;
  /** The vendor's answer did not come in time. False: it is not to be given, because the stream is over. */
  readonly onLate: (final: OwedFinal) => boolean;
}): OwedFinals {
  const { clock, withinMs } = options;
  let owed: readonly (OwedFinal & { untilMs: number | null; cancelDeadline: () => void })[] = [];

  const giveFirst = () => {
    const [first, ...rest] = owed;
    if (first === undefined) return;
    first.cancelDeadline();
    owed = rest;
    options.give(first);
    giveReady();
  };
  const giveReady = () => {
    const [first] = owed;
    if (first === undefined) return;
    const { speechMs, untilMs } = first;
    if (speechMs === 0 || (untilMs !== null && options.isReady(untilMs))) giveFirst();
  };

  return {
    add(speechMs) {
      const final = { speechMs, untilMs: null, cancelDeadline: () => {} };
      owed = [...owed, final];
      return final;
    },
    wait(final, untilMs) {
      const entry = owed.find((one) => one === final);
      if (entry === undefined) return;
      entry.untilMs = untilMs;
      entry.cancelDeadline = clock.at(clock.nowMs() + withinMs, () => {
        if (!options.onLate(entry)) return;
        while (owed.includes(entry)) giveFirst();
      });
    },
    get first() {
      return owed[0];
    },
    get waitingCount() {
      return owed.filter(({ untilMs }) => untilMs !== null).length;
    },
    giveFirst,
    giveReady,
    clear() {
      for (const { cancelDeadline } of owed) cancelDeadline();
      owed = [];
    },
  };
}
