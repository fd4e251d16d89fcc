import type { JournalHeader, JournalLine } from '@parley/contracts/call-event';
import { MAIN_SEAT } from '@parley/contracts/ids';
import { type CallRecord, EMPTY_RECORD } from '@parley/engine/record/call-record';
import { foldHeader, foldRecord } from '@parley/engine/record/fold-record';
import { callRecordOf, type RecordedCall } from '@parley/engine/record/recorded-call';
import type { Queries } from '../database/database.ts';
import { nextMacrotask } from '../runtime/clock.ts';
import { journalHeader, readLines, type StoredJournal, storedJournals } from './journal-rows.ts';

/** A call's record, and which lines it was folded from. */
export interface FoldedRecord {
  readonly record: CallRecord;
  /** The record as it is read; null before a header is known. */
  readonly told: RecordedCall | null;
  /** Of the main seat: the next line of each generation. */
  readonly nextSeqs: ReadonlyMap<number, number>;
}

export const NOTHING_FOLDED: FoldedRecord = { record: EMPTY_RECORD, told: null, nextSeqs: new Map() };

/** Whether every stored line is folded, and none besides. */
export function isCurrent({ nextSeqs }: FoldedRecord, stored: readonly StoredJournal[]): boolean {
  return (
    nextSeqs.size === stored.length &&
    stored.every(({ generation, nextSeq }) => nextSeqs.get(generation) === nextSeq)
  );
}

/** Whether lines of that generation can be folded next: none of a later one was. */
export function canFold({ nextSeqs }: FoldedRecord, generation: number): boolean {
  return [...nextSeqs.keys()].every((known) => known <= generation);
}

/** Reads what was folded. */
export function tell(folded: FoldedRecord): FoldedRecord {
  return { ...folded, told: callRecordOf(folded.record) };
}

/** Adds lines that follow those folded of the newest generation, or begin a newer one. */
export function foldLines(
  folded: FoldedRecord,
  header: JournalHeader,
  lines: readonly JournalLine[],
): FoldedRecord {
  const record = lines.reduce(foldRecord, foldHeader(folded.record, header));
  const nextSeq = (folded.nextSeqs.get(header.generation) ?? 0) + lines.length;
  return { record, told: null, nextSeqs: new Map([...folded.nextSeqs, [header.generation, nextSeq]]) };
}

/**
 * Folds what is stored and not folded yet; from the beginning where it belongs before what is folded. The process does
 * other things between the parts of a long call.
 */
export async function foldStored(
  queries: Queries,
  callNumber: number,
  known: FoldedRecord,
): Promise<FoldedRecord> {
  const stored = await storedJournals(queries, callNumber, MAIN_SEAT);
  let folded = stored.every((journal) => isInOrder(known, journal)) ? known : NOTHING_FOLDED;
  for (const { generation, nextSeq } of stored) {
    const from = folded.nextSeqs.get(generation);
    if (from === nextSeq) continue;
    const journal = { callNumber, seat: MAIN_SEAT, generation };
    const header = await journalHeader(queries, journal);
    folded = foldLines(folded, header, []);
    for await (const lines of readLines(queries, journal, from ?? 0)) {
      folded = foldLines(folded, header, lines);
      await nextMacrotask();
    }
  }
  return folded.told === null ? tell(folded) : folded;
}

/** Either nothing of it is missing, or it is the newest generation that is folded or a newer one. */
function isInOrder(known: FoldedRecord, { generation, nextSeq }: StoredJournal): boolean {
  return known.nextSeqs.get(generation) === nextSeq || canFold(known, generation);
}
