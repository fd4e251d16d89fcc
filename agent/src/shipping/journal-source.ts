import type { JournalHeader } from '@parley/contracts/call-event';
import { createKeptLines } from './kept-lines.ts';
import { type BatchLimits, createLineBatch, type LineBatch, type RawLine } from './line-batch.ts';
import { readLines } from './read-lines.ts';

/** A line's place in the file of its journal. */
export interface LinePlace {
  readonly seq: number;
  /** In bytes, from the file's start; the line may begin later, never before. */
  readonly offset: number;
}

/** The lines of a journal: those of its file, and after them those that the disk refused. */
export interface JournalSource {
  /** Rejects where the file cannot be read; `isMissing` where it is gone. */
  read(fromSeq: number, limits: BatchLimits): Promise<{ readonly batch: LineBatch; readonly isEnd: boolean }>;
  /** Takes a line that is not in the file; none is from here on. */
  keep(line: RawLine): void;
  /** Nothing before `seq` is read again, but for a server that has lost it. */
  confirm(seq: number): void;
  /** A known place from which on everything that is not confirmed is found. */
  readonly place: LinePlace;
}

const START: LinePlace = { seq: 0, offset: 0 };

export function createJournalSource(
  journal: { readonly file: string; readonly header: JournalHeader },
  from: LinePlace = START,
): JournalSource {
  const { file, header } = journal;
  const kept = createKeptLines();
  let hasKept = false;
  /** Where the last batch began and where it ended: what is asked for next is at one of them, or was asked for before. */
  let begun = from;
  let ended = from;

  const placeBefore = (seq: number) => [ended, begun].find((place) => place.seq <= seq) ?? START;

  const readFile = async (batch: LineBatch, place: LinePlace) => {
    try {
      return await readLines(file, header, place.offset, batch);
    } catch (error) {
      // A disk that took nothing has no file either.
      if (hasKept && isMissing(error)) return { offset: place.offset, isEnd: true };
      throw error;
    }
  };

  return {
    async read(fromSeq, limits) {
      const batch = createLineBatch(header, fromSeq, limits);
      const place = placeBefore(fromSeq);
      const read = await readFile(batch, place);
      begun = place;
      ended = { seq: batch.nextSeq, offset: read.offset };
      return { batch, isEnd: read.isEnd && kept.fill(batch) };
    },
    keep(line) {
      hasKept = true;
      kept.add(line);
    },
    confirm(seq) {
      kept.forgetBefore(seq);
      begun = placeBefore(seq);
    },
    get place() {
      return begun;
    },
  };
}

/** The file is not there, or not even its folder is one. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
