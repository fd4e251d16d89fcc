import type { LineBatch, RawLine } from './line-batch.ts';

/** Of one journal: about ten minutes of a lively call. */
const MOST_LINES = 20_000;
const MOST_BYTES = 8 * 1024 * 1024;

/** Lines that the disk refused, the newest of them: the oldest give way when there are too many. */
export interface KeptLines {
  add(line: RawLine): void;
  /** Gives to the batch what it takes. True: there is no more. */
  fill(batch: LineBatch): boolean;
  /** Lets go of what is before `seq`. */
  forgetBefore(seq: number): void;
}

export function createKeptLines(): KeptLines {
  let lines: RawLine[] = [];
  let bytes = 0;
  const dropFirst = (count: number) => {
    for (const { text } of lines.slice(0, count)) bytes -= text.length;
    lines = lines.slice(count);
  };
  return {
    add(line) {
      lines.push(line);
      bytes += line.text.length;
      // Many at once, as each drop copies what is left.
      if (lines.length > MOST_LINES || bytes > MOST_BYTES) dropFirst(Math.ceil(lines.length / 4));
    },
    fill: (batch) => lines.every(batch.offer),
    forgetBefore(seq) {
      const keep = lines.findIndex((line) => line.seq >= seq);
      dropFirst(keep === -1 ? lines.length : keep);
    },
  };
}
