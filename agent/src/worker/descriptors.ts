/** File descriptors of one rtc-node connection. Source: measured. */
const DESCRIPTORS_A_CALL = 50;
const DESCRIPTORS_A_PROCESS = 200;

/** What a process with so many calls needs. */
export function descriptorsNeeded(maxCalls: number): number {
  return DESCRIPTORS_A_PROCESS + DESCRIPTORS_A_CALL * maxCalls;
}

/**
 * Reads the limit out of `/proc/self/limits`; null where it is not there. Node has raised the soft limit to the hard
 * one by the time it can be read.
 */
export function descriptorLimit(limitsText: string): number | null {
  const [, limit] = /^Max open files\s+(\d+|unlimited)/m.exec(limitsText) ?? [];
  if (limit === undefined) return null;
  return limit === 'unlimited' ? Number.POSITIVE_INFINITY : Number(limit);
}
