import type { RecordedTurn, WordMark } from '@parley/contracts/call-record';

/** A word with the space after it, and when it was spoken; null where nothing told. */
export interface TimedWord {
  readonly text: string;
  /** Where it begins in the turn's text, in UTF-16 code units. */
  readonly at: number;
  readonly span: { readonly startMs: number; readonly endMs: number } | null;
}

/** A word; where a script puts no space between words, a character. */
const WORD =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]\s*|[^\s\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]+\s*|\s+/gu;

/** The words of a turn in order, which joined are its text. Between two marks, time goes by the letters. */
export function timedWords(turn: Pick<RecordedTurn, 'text' | 'marks' | 'startedAtMs'>): readonly TimedWord[] {
  const { text, startedAtMs } = turn;
  const marks = soundMarks(turn.marks, startedAtMs, text.length);
  const markedTo = marks.at(-1)?.charEnd ?? 0;
  return [...text.matchAll(WORD)].map(({ 0: word, index: at }) => {
    const end = at + word.trimEnd().length;
    const isMarked = marks.length > 0 && at < markedTo && word.trim() !== '';
    const span = isMarked
      ? { startMs: msAt(marks, startedAtMs, at), endMs: msAt(marks, startedAtMs, Math.min(end, markedTo)) }
      : null;
    return { text: word, at, span };
  });
}

/** Marks that go forward in text and time, within the text. */
function soundMarks(marks: readonly WordMark[], startedAtMs: number, length: number): readonly WordMark[] {
  const sound: WordMark[] = [];
  for (const { charEnd, atMs } of marks) {
    const before = sound.at(-1) ?? { charEnd: 0, atMs: startedAtMs };
    const within = Math.min(charEnd, length);
    if (within > before.charEnd) sound.push({ charEnd: within, atMs: Math.max(atMs, before.atMs) });
  }
  return sound;
}

function msAt(marks: readonly WordMark[], startedAtMs: number, char: number): number {
  const next = marks.findIndex(({ charEnd }) => charEnd >= char);
  const to = marks[next];
  if (to === undefined) return marks.at(-1)?.atMs ?? startedAtMs;
  const from = marks[next - 1] ?? { charEnd: 0, atMs: startedAtMs };
  return from.atMs + ((char - from.charEnd) / (to.charEnd - from.charEnd)) * (to.atMs - from.atMs);
}
