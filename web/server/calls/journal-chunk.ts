import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { JournalLine } from '@parley/contracts/call-event';

/** Of zlib, 1 to 9. Journals repeat themselves: at the fastest level a shipment of 30 lines takes a fifth. */
const LEVEL = 1;

/** Lines as they are stored: newline-delimited JSON, deflated. */
export function packLines(lines: readonly JournalLine[]): Uint8Array {
  return deflateRawSync(lines.map((line) => `${JSON.stringify(line)}\n`).join(''), { level: LEVEL });
}

/** The text of stored lines, with a newline after each. Drivers hand a blob over as bytes or as their buffer. */
export function unpackText(packed: Uint8Array | ArrayBuffer): string {
  return inflateRawSync(packed).toString('utf8');
}

/** Stored lines, as they came: their schema was held when they were taken in. */
export function unpackLines(packed: Uint8Array | ArrayBuffer): JournalLine[] {
  return unpackText(packed)
    .split('\n')
    .slice(0, -1)
    .map((line): JournalLine => JSON.parse(line));
}
