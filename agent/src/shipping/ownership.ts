import { readFileSync, statSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs';
import type { Clock } from '../runtime/clock.ts';
import { type IsAlive, type ProcessMark, processMarkSchema } from './process-mark.ts';

/** An owner touches its files this often. */
const TOUCH_EVERY_MS = 10_000;
/** One of whom nothing else can be known is dead when it has not for this long. */
const SILENT_MS = 60_000;

/** `<journal>.owner-<n>`: who ships it; the highest n holds. They go when all of it is shipped. */
export function ownerPath(journal: string, claim: number): string {
  return `${journal}.owner-${claim}`;
}

/** A journal that this process ships, and no other. */
export interface Ownership {
  /** Lets go of it for good: nothing of it is left to ship. */
  release(): void;
}

/** Who ships which journal, among the processes that share a data folder. */
export interface Ownerships {
  /**
   * Takes a journal, with the owners that stand beside it; null where one of them lives, or another was quicker. Throws
   * where the disk refuses.
   */
  take(journal: string, claims: readonly number[]): Ownership | null;
  /** What is still owned stays so until the process has ended. */
  close(): void;
}

export function createOwnerships(deps: {
  readonly mark: ProcessMark;
  readonly isAlive: IsAlive;
  readonly wallClockMs: () => number;
  readonly clock: Clock;
}): Ownerships {
  const { clock, wallClockMs } = deps;
  const files = new Set<string>();
  let cancelTouch = () => {};
  const touchSoon = () => {
    cancelTouch = clock.at(clock.nowMs() + TOUCH_EVERY_MS, () => {
      const nowS = wallClockMs() / 1_000;
      for (const file of files) quietly(() => utimesSync(file, nowS, nowS));
      touchSoon();
    });
  };
  touchSoon();

  const lives = (file: string): boolean => {
    const touchedAtMs = quietly(() => statSync(file).mtimeMs);
    if (touchedAtMs === undefined) return false;
    const mark = quietly(() => processMarkSchema.parse(JSON.parse(readFileSync(file, 'utf8'))));
    const answer = mark === undefined ? 'unknown' : deps.isAlive(mark);
    return answer === 'unknown' ? wallClockMs() - touchedAtMs < SILENT_MS : answer;
  };

  return {
    take(journal, claims) {
      const highest = Math.max(0, ...claims);
      if (highest > 0 && lives(ownerPath(journal, highest))) return null;
      const mine = ownerPath(journal, highest + 1);
      try {
        writeFileSync(mine, JSON.stringify(deps.mark), { flag: 'wx', mode: 0o600 });
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return null;
        throw error;
      }
      for (const claim of claims) quietly(() => unlinkSync(ownerPath(journal, claim)));
      files.add(mine);
      return {
        release() {
          files.delete(mine);
          quietly(() => unlinkSync(mine));
        },
      };
    },
    close: () => cancelTouch(),
  };
}

/** Undefined where the file system refuses: the file is gone, or will be looked at again. */
function quietly<T>(attempt: () => T): T | undefined {
  try {
    return attempt();
  } catch {
    return undefined;
  }
}
