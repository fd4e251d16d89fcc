import { rm, stat } from 'node:fs/promises';
import { MAX_SHIPPED_LINES, type ShipmentAnswer } from '@parley/contracts/internal-api';
import type { Logger } from 'pino';
import { type Clock, delay } from '../runtime/clock.ts';
import { type BackOff, backOffMs } from '../worker/back-off.ts';
import { InternalApiError } from '../worker/internal-request.ts';
import { type Backlog, createBacklog } from './backlog.ts';
import { cursorPath, writeCursor } from './journal-cursor.ts';
import { deleteCallFiles, filesToUpload, type KnownJournal } from './journal-files.ts';
import { isMissing, type JournalSource } from './journal-source.ts';
import type { Ownership } from './ownership.ts';
import type { ShipmentClient } from './shipment-client.ts';
import type { ShippingTally } from './shipping-counts.ts';

const RETRY: BackOff = { firstMs: 200, longestMs: 10_000 };
/** What a process that takes over sends again at the most, in ms of the call. */
const CURSOR_EVERY_MS = 5_000;
/** Half of what proxies take unless told otherwise. Source: nginx, client_max_body_size 1m. */
const BATCH = { lines: MAX_SHIPPED_LINES, bytes: 512 * 1024 };

/**
 * What became of a journal. `complete`: the server has all of it. `deleted`: its call was, and everything of it here.
 * `gone`: somebody took its file away. `stuck`: nothing more can be done for it from here; it stays, and the log says why.
 */
export type LaneOutcome = 'complete' | 'deleted' | 'gone' | 'stuck';

/** How all journals of a process are shipped. */
export interface LaneDeps {
  readonly client: ShipmentClient;
  /** The server shares no disk with this process: recording and journal go to it as files, and are deleted here. */
  readonly sendsFiles: boolean;
  readonly tally: ShippingTally;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
}

/** One journal on its way to the server. */
export interface Lane {
  readonly backlog: Backlog;
  /** Rejects with the signal's reason only. */
  readonly outcome: Promise<LaneOutcome>;
}

export function openLane(
  journal: KnownJournal & {
    readonly source: JournalSource;
    /** Null where the disk takes no mark of it. */
    readonly ownership: Ownership | null;
    /** Called once, when the server knows of a higher generation of the seat. */
    readonly onSuperseded: (heldGeneration: number) => void;
  },
  deps: LaneDeps,
  signal: AbortSignal,
): Lane {
  const { file, header, source } = journal;
  const { client, clock, tally } = deps;
  const { callId, seat, generation } = header;
  const log = deps.log.child({ callId, seat, generation });
  const headerJson = JSON.stringify(header);
  let shippedSeq = source.place.seq;
  let isSuperseded = false;
  let cursorAtMs = Number.NEGATIVE_INFINITY;
  const backlog = createBacklog(clock, shippedSeq);

  const shipNext = async (): Promise<'complete' | 'deleted' | 'more'> => {
    const { isEnded } = backlog;
    const readAtMs = clock.nowMs();
    const { batch, isEnd } = await source.read(shippedSeq, BATCH);
    const isLast = isEnded && isEnd;
    if (batch.lines.length === 0 && !isLast) throw new Error(`${file} lacks lines that were written to it`);
    const answer = await client.ship(
      `{"header":${headerJson},"lines":[${batch.lines.join(',')}],"isLast":${isLast}}`,
      signal,
    );
    if (answer.kind === 'deleted') return 'deleted';
    heed(answer);
    const confirmed = answer.nextSeq - shippedSeq;
    const isTaken = answer.nextSeq >= batch.nextSeq;
    if (isTaken) tally.lostLines += batch.lostCount;
    tally.shippedLines += Math.max(0, Math.min(confirmed, batch.lines.length));
    shippedSeq = answer.nextSeq;
    // What was written since the journal was read to its end has waited since then.
    backlog.confirmed(shippedSeq, isEnd && isTaken ? readAtMs : null);
    source.confirm(shippedSeq);
    const isComplete = isLast && isTaken;
    if (isComplete || readAtMs - cursorAtMs >= CURSOR_EVERY_MS) {
      cursorAtMs = readAtMs;
      await writeCursor(file, source.place).catch((err) => log.debug({ err }, 'no cursor could be written'));
    }
    if (isComplete) return 'complete';
    if (confirmed > 0) return 'more';
    throw new InternalApiError(
      'protocol',
      `the server goes on from line ${shippedSeq}, behind what was sent`,
    );
  };

  const heed = ({ heldGeneration }: Extract<ShipmentAnswer, { kind: 'stored' }>) => {
    if (isSuperseded || heldGeneration <= generation) return;
    isSuperseded = true;
    journal.onSuperseded(heldGeneration);
  };

  /** Until the server has it all, with a growing wait after each failure. */
  const shipAll = async (): Promise<LaneOutcome> => {
    let tries = 0;
    let isToldFaulty = false;
    for (;;) {
      await backlog.due(signal);
      try {
        const step = await shipNext();
        if (step !== 'more') return step;
        tries = 0;
      } catch (error) {
        signal.throwIfAborted();
        if (isMissing(error)) return 'gone';
        if (isFaulty(error)) {
          if (!isToldFaulty)
            log.error({ err: error, file }, 'the server takes this journal for faulty; it stays here');
          isToldFaulty = true;
          if (backlog.isEnded) return 'stuck';
        }
        await delay(clock, backOffMs(++tries, RETRY, deps.random), signal);
      }
    }
  };

  const upload = async (path: string, name: Parameters<ShipmentClient['upload']>[0]['name']) => {
    for (let tries = 1; ; tries++) {
      try {
        const answer = await client.upload({ path, name }, header, signal);
        if (answer === 'stored') tally.uploadedFiles++;
        return answer;
      } catch (error) {
        signal.throwIfAborted();
        if (isFaulty(error)) {
          log.error({ err: error, path }, 'the server will not take this file; it stays here');
          return 'stuck';
        }
        await delay(clock, backOffMs(tries, RETRY, deps.random), signal);
      }
    }
  };

  const uploadAll = async (): Promise<LaneOutcome> => {
    for (const { path, name } of await filesToUpload(journal)) {
      const { ino } = await stat(path);
      const answer = await upload(path, name);
      if (answer !== 'stored') return answer;
      // A server that has the same disk after all has put its copy in this place.
      if ((await stat(path)).ino !== ino) continue;
      await rm(path);
      if (name === 'journal') await rm(cursorPath(path), { force: true });
    }
    return 'complete';
  };

  const deleteAll = async () => {
    await deleteCallFiles(journal);
    // Who still writes has files to close, and perhaps one to finish.
    await backlog.end(signal);
    await deleteCallFiles(journal);
    log.info('the call was deleted; what lay here of it is too');
  };

  const run = async (): Promise<LaneOutcome> => {
    const shipped = await shipAll();
    const outcome = shipped === 'complete' && deps.sendsFiles ? await uploadAll() : shipped;
    if (outcome === 'deleted') await deleteAll();
    if (outcome === 'gone') await rm(cursorPath(file), { force: true });
    if (outcome !== 'stuck') journal.ownership?.release();
    return outcome;
  };

  const outcome = run().catch((error: unknown): LaneOutcome => {
    signal.throwIfAborted();
    log.error({ err: error, file }, 'a journal is not shipped from here any more; it stays');
    return 'stuck';
  });
  return { backlog, outcome };
}

function isFaulty(error: unknown): boolean {
  return error instanceof InternalApiError && error.code === 'faulty';
}
