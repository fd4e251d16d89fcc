import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { CallId, Seat } from '@parley/contracts/ids';
import type { StoredJournals } from '@parley/contracts/internal-api';
import {
  type JournalFault,
  readJournal,
  readStoredJournal,
  type StoredCall,
} from '@parley/engine/replay/read-journal';
import { type EarlierCall, resumeJournals } from '@parley/engine/replay/resume-journals';
import type { Logger } from 'pino';
import { type Clock, delay } from '../runtime/clock.ts';
import { recordsFolder } from './journal.ts';

/** Longest wait for the server's copy, in ms: the caller hears nothing meanwhile, and the disk may have the same. */
const SERVER_WAIT_MS = 600;
/** A call lasts an hour at most, so that it began this month or in the last. */
const LOOK_BACK_MS = 2 * 3_600_000;

export type AskServer = (callId: CallId, seat: Seat, signal: AbortSignal) => Promise<StoredJournals>;

/**
 * What is known of a call from the generations before: their journals on this machine, or, where the last one ran on
 * another, at the server, of each the longer. Null where there is none. Never rejects.
 */
export async function findEarlierCall(options: {
  readonly callId: CallId;
  readonly seat: Seat;
  readonly generation: number;
  readonly dataDir: string;
  readonly nowEpochMs: number;
  /** Null: there is no server. */
  readonly askServer: AskServer | null;
  readonly clock: Clock;
  readonly log: Logger;
}): Promise<EarlierCall | null> {
  if (options.generation === 1) return null;
  const onDisk = await journalsOnDisk(options);
  // What a process of this machine wrote, the server has no more of.
  const isHere = onDisk.some(({ header }) => header.generation === options.generation - 1);
  const atServer = isHere ? [] : await journalsAtServer(options);
  const longest = new Map<number, StoredCall>();
  for (const journal of [...onDisk, ...atServer]) {
    const { generation } = journal.header;
    const known = longest.get(generation);
    if (known === undefined || known.steps.length < journal.steps.length) longest.set(generation, journal);
  }
  const earlier = resumeJournals([...longest.values()]);
  options.log.info(
    {
      onDisk: onDisk.length,
      atServer: atServer.length,
      knows: earlier?.carried !== null && earlier !== null,
    },
    'looked for earlier generations of the call',
  );
  return earlier;
}

type Wanted = Parameters<typeof findEarlierCall>[0];

async function journalsOnDisk(wanted: Wanted): Promise<readonly StoredCall[]> {
  const { callId, seat, nowEpochMs } = wanted;
  const months = new Set(
    [nowEpochMs, nowEpochMs - LOOK_BACK_MS].map((epochMs) => recordsFolder(wanted.dataDir, epochMs)),
  );
  const found = await Promise.all(
    [...months].map(async (folder) => {
      const names = await readdir(folder).catch(() => []);
      const own = names.filter((name) => name.startsWith(`${callId}.${seat}.`) && name.endsWith('.ndjson'));
      return Promise.all(own.map((name) => readFile(path.join(folder, name), 'utf8').catch(() => '')));
    }),
  );
  return found.flat().flatMap((text) => understood(readJournal(text), wanted));
}

async function journalsAtServer(wanted: Wanted): Promise<readonly StoredCall[]> {
  const { askServer, callId, seat, clock, log } = wanted;
  if (askServer === null) return [];
  const patience = new AbortController();
  const tooLate = delay(clock, SERVER_WAIT_MS, patience.signal).then(() => {
    throw new Error(`the server gave no journals in ${SERVER_WAIT_MS} ms`);
  });
  try {
    const { journals } = await Promise.race([askServer(callId, seat, patience.signal), tooLate]);
    return journals.flatMap(({ header, lines }) => understood(readStoredJournal(header, lines), wanted));
  } catch (error) {
    log.warn({ err: error }, 'the server cannot tell of the call; what is on this disk is taken');
    return [];
  } finally {
    patience.abort(new Error('asked'));
    tooLate.catch(() => {});
  }
}

/** Of earlier generations alone, and as far as it can be read. */
function understood(
  read: { readonly kind: 'call'; readonly call: StoredCall } | JournalFault,
  { generation, log }: Wanted,
): readonly StoredCall[] {
  if (read.kind === 'faulty') {
    log.warn({ lineNumber: read.lineNumber }, `a journal of the call cannot be read: it ${read.why}`);
    return [];
  }
  return read.call.header.generation < generation ? [read.call] : [];
}
