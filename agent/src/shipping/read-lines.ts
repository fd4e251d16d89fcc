import { type FileHandle, open } from 'node:fs/promises';
import { CALL_EVENT_VERSION, type JournalHeader } from '@parley/contracts/call-event';
import { type LineBatch, MAX_LINE_BYTES, type RawLine } from './line-batch.ts';

/** Read at a time; more only where a line is longer. */
const READ_BYTES = 256 * 1024;
const LINE_END = 0x0a;

/**
 * Fills a batch with the whole lines of a journal's file from `offset` on. What is not a line of this journal is passed
 * over; what stands after the last line's end was torn, or is being written.
 *
 * @returns where to read on, and whether no whole line follows there
 */
export async function readLines(
  file: string,
  header: JournalHeader,
  offset: number,
  batch: LineBatch,
): Promise<{ readonly offset: number; readonly isEnd: boolean }> {
  const handle = await open(file, 'r');
  try {
    let at = offset;
    for (;;) {
      const piece = await readPiece(handle, at);
      if (piece.kind === 'end') return { offset: at, isEnd: true };
      if (piece.kind === 'endless') {
        at = piece.nextOffset;
        continue;
      }
      for (let start = 0; start < piece.bytes.length; ) {
        const end = piece.bytes.indexOf(LINE_END, start);
        const line = parseLine(piece.bytes.toString('utf8', start, end), header);
        if (line !== null && !batch.offer(line)) return { offset: at + start, isEnd: false };
        start = end + 1;
      }
      at += piece.bytes.length;
    }
  } finally {
    await handle.close();
  }
}

type Piece =
  /** Whole lines, the last one's end included. */
  | { readonly kind: 'lines'; readonly bytes: Buffer }
  /** A line that is longer than any that can be shipped. */
  | { readonly kind: 'endless'; readonly nextOffset: number }
  | { readonly kind: 'end' };

async function readPiece(handle: FileHandle, offset: number): Promise<Piece> {
  const { size } = await handle.stat();
  for (let wanted = READ_BYTES; ; wanted *= 4) {
    const bytes = await readAt(handle, offset, Math.min(wanted, size - offset));
    const end = bytes.lastIndexOf(LINE_END);
    if (end !== -1) return { kind: 'lines', bytes: bytes.subarray(0, end + 1) };
    if (offset + bytes.length >= size) return { kind: 'end' };
    if (bytes.length > MAX_LINE_BYTES) return skipLine(handle, offset + bytes.length, size);
  }
}

async function skipLine(handle: FileHandle, offset: number, size: number): Promise<Piece> {
  for (let at = offset; at < size; at += READ_BYTES) {
    const end = (await readAt(handle, at, Math.min(READ_BYTES, size - at))).indexOf(LINE_END);
    if (end !== -1) return { kind: 'endless', nextOffset: at + end + 1 };
  }
  return { kind: 'end' };
}

async function readAt(handle: FileHandle, offset: number, length: number): Promise<Buffer> {
  if (length <= 0) return Buffer.alloc(0);
  const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(length), 0, length, offset);
  return buffer.subarray(0, bytesRead);
}

/** Null for the header, and for what the loss of power left behind. */
function parseLine(text: string, header: JournalHeader): RawLine | null {
  try {
    const { line, v, callId, seat, generation, seq, atMs } = JSON.parse(text);
    const isLine = (line === 'event' || line === 'command') && v === CALL_EVENT_VERSION;
    const isOf = callId === header.callId && seat === header.seat && generation === header.generation;
    return isLine && isOf && Number.isInteger(seq) && typeof atMs === 'number' ? { seq, atMs, text } : null;
  } catch {
    return null;
  }
}
