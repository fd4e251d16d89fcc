import { splitSpeakable } from './speakable-pieces.ts';

/** A part of a segment's text, and its place there in UTF-16 code units. */
export interface TextPart {
  readonly text: string;
  readonly charStart: number;
}

/** A text in parts that a vendor takes: one, unless it is longer than that, and then cut where one may breathe. */
export function textParts(text: string, longestChars: number): readonly TextPart[] {
  if (text.length <= longestChars) return [{ text, charStart: 0 }];
  const parts: TextPart[] = [];
  for (const piece of splitSpeakable(text)) {
    const last = parts.at(-1);
    if (last !== undefined && last.text.length + piece.text.length <= longestChars) {
      parts[parts.length - 1] = { ...last, text: last.text + piece.text };
    } else parts.push({ text: piece.text, charStart: piece.charStart });
  }
  return parts;
}
