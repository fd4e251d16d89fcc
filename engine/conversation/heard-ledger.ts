import type { SegmentId } from '@parley/contracts/ids';

/** What of a reply the caller heard, tied to its text by the played position. */
export interface HeardLedger {
  readonly segments: readonly LedgerSegment[];
}

interface LedgerSegment {
  readonly segmentId: SegmentId;
  readonly text: string;
  /** Length of the text's beginning that was heard, in UTF-16 code units. */
  readonly heardChars: number;
}

export const EMPTY_LEDGER: HeardLedger = { segments: [] };

export function addSegment(ledger: HeardLedger, segmentId: SegmentId, text: string): HeardLedger {
  return { segments: [...ledger.segments, { segmentId, text, heardChars: 0 }] };
}

/** The segment was heard up to `charEnd`; what was heard once stays heard, and so does all that came before. */
export function hearUpTo(ledger: HeardLedger, segmentId: SegmentId, charEnd: number): HeardLedger {
  const at = ledger.segments.findIndex((segment) => segment.segmentId === segmentId);
  return {
    segments: ledger.segments.map((segment, index) => {
      if (index > at) return segment;
      const wanted = index < at ? segment.text.length : charEnd;
      const heardChars = Math.min(segment.text.length, Math.max(segment.heardChars, wanted));
      return { ...segment, heardChars };
    }),
  };
}

export function hearWholeSegment(ledger: HeardLedger, segmentId: SegmentId): HeardLedger {
  return hearUpTo(ledger, segmentId, Number.POSITIVE_INFINITY);
}

/** The beginning of the reply that was heard, its segments joined by a space. */
export function heardText(ledger: HeardLedger): string {
  return join(ledger.segments.map(({ text, heardChars }) => text.slice(0, heardChars)));
}

/** The rest, which was not. */
export function unheardText(ledger: HeardLedger): string {
  return join(ledger.segments.map(({ text, heardChars }) => text.slice(heardChars)));
}

/** Whether the sentence that is sounding, or was heard last, is a question. */
export function asksQuestion(ledger: HeardLedger): boolean {
  const sounding = ledger.segments.findLast(({ heardChars }) => heardChars > 0) ?? ledger.segments[0];
  return sounding !== undefined && /\?["')\]]*\s*$/.test(sounding.text);
}

function join(parts: readonly string[]): string {
  return parts
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .join(' ');
}
