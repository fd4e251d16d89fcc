import type { Clock } from '../../runtime/clock.ts';

/** What a socket may be asked for within a minute; what is more the vendor drops, with a warning or without. */
export interface SpeakAllowance {
  /** Whether a text of so many characters, and its Flush, may be sent now. One text of any length always may. */
  allows(characters: number): boolean;
  use(characters: number): void;
}

const WINDOW_MS = 60_000;
/** Source: the vendor's page on Flush. */
const MOST_FLUSHES = 20;
/** Source: seen by others on this endpoint, in May 2025. */
const MOST_CHARACTERS = 2_400;

export function createSpeakAllowance({ clock }: { readonly clock: Clock }): SpeakAllowance {
  let used: readonly { readonly atMs: number; readonly characters: number }[] = [];
  return {
    allows(characters) {
      used = used.filter(({ atMs }) => clock.nowMs() - atMs < WINDOW_MS);
      const sum = used.reduce((total, use) => total + use.characters, characters);
      return used.length === 0 || (used.length < MOST_FLUSHES && sum <= MOST_CHARACTERS);
    },
    use(characters) {
      used = [...used, { atMs: clock.nowMs(), characters }];
    },
  };
}
