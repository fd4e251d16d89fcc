import type { JournalHeader } from '@parley/contracts/call-event';
import { MAX_SHIPMENT_BYTES } from '@parley/contracts/internal-api';
import { lostLine } from './lost-line.ts';

/** A line of a journal as it stands there, with what shipping must know of it. */
export interface RawLine {
  readonly seq: number;
  readonly atMs: number;
  /** Its JSON, without the line's end. */
  readonly text: string;
}

/** The longest line that is shipped, in bytes of UTF-8: with its header it fits the largest shipment. */
export const MAX_LINE_BYTES = MAX_SHIPMENT_BYTES - 256 * 1024;

/** How much goes into one shipment. A line that is longer than `bytes` goes alone. */
export interface BatchLimits {
  readonly lines: number;
  /** Of UTF-8. */
  readonly bytes: number;
}

/** Lines for one shipment, in order and without a gap. */
export interface LineBatch {
  readonly lines: readonly string[];
  /** Of those, how many stand for a line that is lost. */
  readonly lostCount: number;
  /** The seq of the line that comes next. */
  readonly nextSeq: number;
  /**
   * Takes the next line of the journal. Lines that it has are passed over; for those that are missing before it, and for
   * one that is too long, others stand in. False: it is full, and what was not taken must be offered again.
   */
  offer(line: RawLine): boolean;
}

export function createLineBatch(
  header: Pick<JournalHeader, 'callId' | 'seat' | 'generation'>,
  fromSeq: number,
  limits: BatchLimits,
): LineBatch {
  const lines: string[] = [];
  let bytes = 0;
  let lostCount = 0;

  const put = (text: string, sizeBytes: number): boolean => {
    if (lines.length >= limits.lines) return false;
    if (lines.length > 0 && bytes + sizeBytes > limits.bytes) return false;
    lines.push(text);
    bytes += sizeBytes;
    return true;
  };
  const putLost = (atMs: number): boolean => {
    const text = lostLine(header, fromSeq + lines.length, atMs);
    if (!put(text, text.length)) return false;
    lostCount++;
    return true;
  };

  return {
    lines,
    get lostCount() {
      return lostCount;
    },
    get nextSeq() {
      return fromSeq + lines.length;
    },
    offer({ seq, atMs, text }) {
      if (seq < fromSeq + lines.length) return true;
      while (fromSeq + lines.length < seq) if (!putLost(atMs)) return false;
      const sizeBytes = Buffer.byteLength(text);
      return sizeBytes > MAX_LINE_BYTES ? putLost(atMs) : put(text, sizeBytes);
    },
  };
}
