import type { SegmentId } from '@parley/contracts/ids';
import { joinSegments } from '../reply/join-segments.ts';
import { type Speech, writtenLength } from '../reply/spoken/speech.ts';

/** What of a reply the caller heard, tied to its text by the played position. */
export interface HeardLedger {
  readonly segments: readonly LedgerSegment[];
}

interface LedgerSegment {
  readonly segmentId: SegmentId;
  readonly speech: Speech;
  /** Length of the beginning of what is spoken that was heard, in UTF-16 code units. */
  readonly heardChars: number;
}

export const EMPTY_LEDGER: HeardLedger = { segments: [] };

export function addSegment(ledger: HeardLedger, segmentId: SegmentId, speech: Speech): HeardLedger {
  return { segments: [...ledger.segments, { segmentId, speech, heardChars: 0 }] };
}

/** The segment was heard up to `charEnd` of what is spoken; what was heard once stays heard, and so does all that came before. */
export function hearUpTo(ledger: HeardLedger, segmentId: SegmentId, charEnd: number): HeardLedger {
  const at = ledger.segments.findIndex((segment) => segment.segmentId === segmentId);
  return {
    segments: ledger.segments.map((segment, index) => {
      if (index > at) return segment;
      const { length } = segment.speech.spoken;
      const wanted = index < at ? length : charEnd;
      const heardChars = Math.min(length, Math.max(segment.heardChars, wanted));
      return { ...segment, heardChars };
    }),
  };
}

export function hearWholeSegment(ledger: HeardLedger, segmentId: SegmentId): HeardLedger {
  return hearUpTo(ledger, segmentId, Number.POSITIVE_INFINITY);
}

/** The beginning of the reply that was heard, as it is written, its segments joined by a space. */
export function heardText(ledger: HeardLedger): string {
  return joinSegments(
    ledger.segments.map(({ speech, heardChars }) =>
      speech.written.slice(0, writtenLength(speech, heardChars)),
    ),
  );
}

/** The same as it sounded, which is what comes back as an echo. */
export function heardSpeech(ledger: HeardLedger): string {
  return joinSegments(ledger.segments.map(({ speech, heardChars }) => speech.spoken.slice(0, heardChars)));
}

/** The rest, which was not, as it is written. */
export function unheardText(ledger: HeardLedger): string {
  return joinSegments(
    ledger.segments.map(({ speech, heardChars }) => speech.written.slice(writtenLength(speech, heardChars))),
  );
}

/** Whether the sentence that is sounding, or was heard last, is a question; its end may stand in a later segment. */
export function asksQuestion({ segments }: HeardLedger): boolean {
  const sounding = Math.max(
    0,
    segments.findLastIndex(({ heardChars }) => heardChars > 0),
  );
  const rest = segments.slice(sounding).map(({ speech }) => speech.written);
  const end = rest.find((written) => SENTENCE_END.test(written)) ?? rest.at(-1) ?? '';
  return QUESTION_END.test(end);
}

const SENTENCE_END = /[.!?…。！？।]["'”’»)\]]*\s*$/u;
const QUESTION_END = /[?？]["'”’»)\]]*\s*$/u;
