import { alignWordMarks } from './word-marks.ts';

/** Whether a voice would pronounce anything of it; dots, dashes and emoji alone have no sound. */
export function hasWords(text: string): boolean {
  return alignWordMarks({ text, spoken: [], durationMs: 0 }).length > 0;
}

/**
 * A segment as a vendor is sent it: control characters as spaces, so that every place stays where it is, and a space
 * at its end, as vendors join what comes piece by piece.
 */
export function plainSegment(text: string): string {
  const plain = text.replace(/\p{Cc}/gu, ' ');
  return /\s$/.test(plain) ? plain : `${plain} `;
}
