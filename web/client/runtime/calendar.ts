/** The page's only door to the reader's calendar. Instants are ms since 1970. */

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** When a day such as `2026-11-21` begins for the reader, or one `later` days after it; null for what is no day. */
export function startOfDayMs(day: string, later = 0): number | null {
  if (!DAY.test(day)) return null;
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number);
  // The calendar would take February 31 for March 3.
  const isReal = new Date(year, month - 1, date).getDate() === date;
  return isReal ? new Date(year, month - 1, date + later).getTime() : null;
}

/** How far the reader's days are ahead of UTC now, in minutes. */
export function utcOffsetMinutes(): number {
  return -new Date().getTimezoneOffset();
}

/** An instant for machines, in ISO 8601. */
export function isoTime(atMs: number): string {
  return new Date(atMs).toISOString();
}
