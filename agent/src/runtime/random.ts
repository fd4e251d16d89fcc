/** The only door to chance: 0 up to 1, not for secrets. */
export function random(): number {
  return Math.random();
}
