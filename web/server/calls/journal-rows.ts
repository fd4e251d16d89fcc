import type { JournalHeader, JournalLine } from '@parley/contracts/call-event';
import type { CallId, Seat } from '@parley/contracts/ids';
import type { Queries } from '../database/database.ts';
import { packLines, unpackLines, unpackText } from './journal-chunk.ts';

/** How far the journal of one generation of a seat is stored. */
export interface StoredJournal {
  readonly generation: number;
  readonly nextSeq: number;
  readonly isWhole: boolean;
}

/** What is stored of a seat, by generation. */
export async function storedJournals(
  queries: Queries,
  callNumber: number,
  seat: string,
): Promise<readonly StoredJournal[]> {
  const rows = await queries
    .selectFrom('journals')
    .select(['generation', 'next_seq', 'is_whole'])
    .where('call_number', '=', callNumber)
    .where('seat', '=', seat)
    .orderBy('generation')
    .execute();
  return rows.map(({ generation, next_seq, is_whole }) => {
    return { generation, nextSeq: next_seq, isWhole: is_whole === 1 };
  });
}

export async function journalHeader(
  queries: Queries,
  journal: { readonly callNumber: number; readonly seat: string; readonly generation: number },
): Promise<JournalHeader> {
  const { header_json } = await queries
    .selectFrom('journals')
    .select('header_json')
    .where('call_number', '=', journal.callNumber)
    .where('seat', '=', journal.seat)
    .where('generation', '=', journal.generation)
    .executeTakeFirstOrThrow();
  return JSON.parse(header_json);
}

/** Adds lines that follow what is stored; the call's row is locked by the caller, so that no other server adds any. */
export async function addLines(
  queries: Queries,
  callNumber: number,
  added: {
    readonly header: JournalHeader;
    readonly lines: readonly JournalLine[];
    readonly before: StoredJournal | null;
    readonly isWhole: boolean;
  },
): Promise<void> {
  const { header, lines, before } = added;
  const key = { call_number: callNumber, seat: header.seat, generation: header.generation };
  const firstSeq = before?.nextSeq ?? 0;
  const reached = { next_seq: firstSeq + lines.length, is_whole: added.isWhole ? 1 : 0 };
  if (before === null) {
    const row = { ...key, header_json: JSON.stringify(header), ...reached };
    await queries.insertInto('journals').values(row).execute();
  } else {
    await queries
      .updateTable('journals')
      .set(reached)
      .where('call_number', '=', callNumber)
      .where('seat', '=', header.seat)
      .where('generation', '=', header.generation)
      .execute();
  }
  if (lines.length === 0) return;
  const chunk = { ...key, first_seq: firstSeq, line_count: lines.length, lines: packLines(lines) };
  await queries.insertInto('journal_chunks').values(chunk).execute();
}

/** Chunks that are read at a time, so that a long call is never in memory as rows. */
const CHUNKS_AT_ONCE = 200;

/** The lines of a journal from one on, in order, some at a time. */
export async function* readLines(
  queries: Queries,
  journal: { readonly callNumber: number; readonly seat: string; readonly generation: number },
  fromSeq: number,
): AsyncIterable<readonly JournalLine[]> {
  for await (const { firstSeq, lines } of readChunks(queries, journal, fromSeq)) {
    const read = unpackLines(lines);
    yield firstSeq < fromSeq ? read.slice(fromSeq - firstSeq) : read;
  }
}

/** `storedJournalsSchema` as JSON text, made of the stored text: the lines of a long call are not parsed for it. */
export async function journalsJson(queries: Queries, callId: CallId, seat: Seat): Promise<string> {
  const call = await queries
    .selectFrom('calls')
    .select('number')
    .where('call_id', '=', callId)
    .executeTakeFirst();
  if (call === undefined) return '{"journals":[]}';
  const journals: string[] = [];
  for (const { generation } of await storedJournals(queries, call.number, seat)) {
    const journal = { callNumber: call.number, seat, generation };
    const header = JSON.stringify(await journalHeader(queries, journal));
    const lines: string[] = [];
    for await (const chunk of readChunks(queries, journal, 0))
      lines.push(unpackText(chunk.lines).trimEnd().replaceAll('\n', ','));
    journals.push(`{"header":${header},"lines":[${lines.join(',')}]}`);
  }
  return `{"journals":[${journals.join(',')}]}`;
}

async function* readChunks(
  queries: Queries,
  journal: { readonly callNumber: number; readonly seat: string; readonly generation: number },
  fromSeq: number,
) {
  for (let afterSeq = fromSeq; ; ) {
    const rows = await queries
      .selectFrom('journal_chunks')
      .select(['first_seq', 'line_count', 'lines'])
      .where('call_number', '=', journal.callNumber)
      .where('seat', '=', journal.seat)
      .where('generation', '=', journal.generation)
      .where((by) => by(by('first_seq', '+', by.ref('line_count')), '>', afterSeq))
      .orderBy('first_seq')
      .limit(CHUNKS_AT_ONCE)
      .execute();
    for (const { first_seq, lines } of rows) yield { firstSeq: first_seq, lines };
    const last = rows.at(-1);
    if (last === undefined || rows.length < CHUNKS_AT_ONCE) return;
    afterSeq = last.first_seq + last.line_count;
  }
}
