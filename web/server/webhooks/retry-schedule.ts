const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** The waits between attempts: 23 h 43 min in all. */
const WAITS_MS = [
  5 * SECOND,
  30 * SECOND,
  2 * MINUTE,
  10 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  4 * HOUR,
  8 * HOUR,
  8 * HOUR,
] as const;
/** How much shorter a wait may be, so that what failed together is not sent together again. */
const JITTER = 0.2;
/** The longest wait that a receiver can ask for. */
const LONGEST_ASKED_MS = 2 * HOUR;

/**
 * How long after the attempt of that number, from 1, the next one is made, in ms; null where none is. `random` is from
 * 0 to under 1. A receiver that asks for a longer wait gets it, up to two hours.
 */
export function retryDelayMs(attempt: number, random: number, askedMs: number | null = null): number | null {
  const waitMs = WAITS_MS[attempt - 1];
  if (waitMs === undefined) return null;
  return Math.max(waitMs * (1 - JITTER * random), Math.min(askedMs ?? 0, LONGEST_ASKED_MS));
}
