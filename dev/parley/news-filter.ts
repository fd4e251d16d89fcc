import type { Clock } from '@parley/agent/runtime/clock';

/** So long the same words are no news. */
const SILENCE_MS = 30_000;
const KEPT = 100;

/** Tells whether a notice is new: several processes often find the same fault, and find it again and again. */
export function createNewsFilter(clock: Clock): (text: string) => boolean {
  const shownAtMs = new Map<string, number>();
  return (text) => {
    const last = shownAtMs.get(text);
    if (last !== undefined && clock.nowMs() - last < SILENCE_MS) return false;
    shownAtMs.delete(text);
    shownAtMs.set(text, clock.nowMs());
    const [oldest] = shownAtMs.keys();
    if (shownAtMs.size > KEPT && oldest !== undefined) shownAtMs.delete(oldest);
    return true;
  };
}
