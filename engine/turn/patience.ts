/** What a participant must do before the agent falls silent for them. */
export type HoldRule =
  /** Speech that lasts is enough. */
  | { readonly kind: 'speech'; readonly forMs: number }
  /** Speech alone is not believed any more: only words are. */
  | { readonly kind: 'words' };

/** How often, of late, the agent fell silent for nothing. */
export interface Patience {
  /** False holds, each within `MEMORY_MS` of the one before. */
  readonly falseHolds: number;
  readonly lastAtMs: number;
}

export const FULL_TRUST: Patience = { falseHolds: 0, lastAtMs: Number.NEGATIVE_INFINITY };

/** Speech over the agent that holds it, in ms. Source: docs/decisions/0004. */
const SPEECH_MS = 64;
/** The same after a false hold. Source: docs/decisions/0014. */
const SPEECH_AFTER_FALSE_HOLD_MS = 500;
/** A false hold is forgotten after this, in ms. Source: docs/decisions/0014. */
const MEMORY_MS = 5_000;
/** From this many false holds on only words hold. Source: docs/decisions/0014. */
const HOLDS_UNTIL_WORDS = 3;

/** After a false hold the next asks for more; one that proves right, or some time, restores the trust. */
export function afterFalseHold(patience: Patience, atMs: number): Patience {
  return { falseHolds: isFresh(patience, atMs) ? patience.falseHolds + 1 : 1, lastAtMs: atMs };
}

export function holdRule(patience: Patience, atMs: number): HoldRule {
  if (!isFresh(patience, atMs)) return { kind: 'speech', forMs: SPEECH_MS };
  if (patience.falseHolds >= HOLDS_UNTIL_WORDS) return { kind: 'words' };
  return { kind: 'speech', forMs: SPEECH_AFTER_FALSE_HOLD_MS };
}

function isFresh({ lastAtMs }: Patience, atMs: number): boolean {
  return atMs - lastAtMs <= MEMORY_MS;
}
