/** A level of tests, as a vitest project of the same name. */
export const LEVELS = ['pure', 'contract', 'room', 'browser'] as const;
export type Level = (typeof LEVELS)[number];

/** What runs no longer than this, in ms, is not stuck: several times what a level takes on two cores. */
export const LEVEL_LIMIT_MS: Readonly<Record<Level, number>> = {
  pure: 10 * 60_000,
  contract: 15 * 60_000,
  room: 40 * 60_000,
  browser: 30 * 60_000,
};
