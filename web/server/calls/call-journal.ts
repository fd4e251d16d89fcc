import { MAIN_SEAT } from '@parley/contracts/ids';
import type { Database } from '../database/database.ts';
import { unpackText } from './journal-chunk.ts';

/**
 * The journals of a call as newline-delimited JSON: for each a header line and then its lines, those of the main seat
 * first, generation by generation.
 */
export async function* journalText({ db }: Database, callNumber: number): AsyncGenerator<string> {
  const journals = await db
    .selectFrom('journals')
    .select(['seat', 'generation', 'header_json'])
    .where('call_number', '=', callNumber)
    .orderBy('seat')
    .orderBy('generation')
    .execute();
  const isMain = ({ seat }: { readonly seat: string }) => Number(seat === MAIN_SEAT);
  for (const { seat, generation, header_json } of journals.sort(
    (one, other) => isMain(other) - isMain(one),
  )) {
    yield `${header_json}\n`;
    // Chunk by chunk: the journal of an hour has many megabytes.
    for (let fromSeq = 0; ; ) {
      const chunk = await db
        .selectFrom('journal_chunks')
        .select(['first_seq', 'line_count', 'lines'])
        .where('call_number', '=', callNumber)
        .where('seat', '=', seat)
        .where('generation', '=', generation)
        .where('first_seq', '>=', fromSeq)
        .orderBy('first_seq')
        .limit(1)
        .executeTakeFirst();
      if (chunk === undefined) break;
      yield unpackText(chunk.lines);
      fromSeq = chunk.first_seq + chunk.line_count;
    }
  }
}
