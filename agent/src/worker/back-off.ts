/** The bounds of a growing wait, in ms. */
export interface BackOff {
  readonly firstMs: number;
  readonly longestMs: number;
}

/**
 * Wait before the nth try (0 is the first): none, then doubling to the longest, each cut by up to a half at random,
 * so that those who lost the same peer do not come back at the same moment.
 */
export function backOffMs(tries: number, { firstMs, longestMs }: BackOff, random: () => number): number {
  if (tries <= 0) return 0;
  const fullMs = Math.min(longestMs, firstMs * 2 ** Math.min(tries - 1, 30));
  return fullMs * (1 - random() / 2);
}
