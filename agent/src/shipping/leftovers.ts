import { setMaxListeners } from 'node:events';
import { open } from 'node:fs/promises';
import { type JournalHeader, journalHeaderSchema } from '@parley/contracts/call-event';
import { delay } from '../runtime/clock.ts';
import { createTaskGroup } from '../runtime/task-group.ts';
import { createJoinGate } from '../worker/join-gate.ts';
import type { FindLeftovers, Leftover } from './find-leftovers.ts';
import { joinLeft } from './join-left.ts';
import { readCursor } from './journal-cursor.ts';
import { createJournalSource } from './journal-source.ts';
import { type LaneDeps, openLane } from './lane.ts';
import type { Ownership, Ownerships } from './ownership.ts';
import type { ShippingTally } from './shipping-counts.ts';

const LOOK_EVERY_MS = 30_000;
/** The server takes calls that run now before those. */
const LEFTOVERS_AT_ONCE = 2;
/** Calls that lost their process are heard again before its recordings are joined, which costs disk and processor. */
const JOIN_AFTER_MS = 5_000;
/** A header holds the settings of an agent. */
const LONGEST_HEADER_BYTES = 1024 * 1024;

/** Ships what dead processes left behind: at its start, when it is told of a death, and every 30 s. */
export interface LeftoverShipping {
  /** A process has died. */
  lookNow(): void;
  counts(): ShippingTally & { readonly journalsUnderWay: number };
  /** What is under way is left to the next. Called once. */
  close(): Promise<void>;
}

export function shipLeftovers(
  deps: LaneDeps & { readonly findLeftovers: FindLeftovers; readonly ownerships: Ownerships },
): LeftoverShipping {
  const { clock, log } = deps;
  const tasks = createTaskGroup();
  // Each that was found waits for its turn with it.
  setMaxListeners(0, tasks.signal);
  const places = createJoinGate(LEFTOVERS_AT_ONCE);
  const underWay = new Set<string>();
  /** Those that cannot be shipped; told once. */
  const stuck = new Set<string>();
  /** Aborted when there may be something to find. */
  let news = new AbortController();

  const take = (leftover: Leftover): Ownership | null => {
    try {
      return deps.ownerships.take(leftover.file, leftover.claims);
    } catch (err) {
      log.warn({ err, file: leftover.file }, 'a journal that was left behind cannot be marked as taken');
      return null;
    }
  };

  const ship = async (leftover: Leftover, signal: AbortSignal): Promise<void> => {
    const { file } = leftover;
    const ownership = take(leftover);
    if (ownership === null) return;
    const header = await readHeader(file);
    if (typeof header === 'string') {
      log.error({ file }, `a journal is left as it is: it ${header}`);
      stuck.add(file);
      return ownership.release();
    }
    log.info({ file }, 'a journal that was left behind is shipped');
    const source = createJournalSource({ file, header }, (await readCursor(file)) ?? undefined);
    const lane = openLane({ file, header, source, ownership, onSuperseded: () => {} }, deps, signal);
    lane.backlog.ended();
    const outcome = await lane.outcome;
    if (outcome === 'stuck') stuck.add(file);
    if (outcome !== 'complete' || deps.sendsFiles) return;
    await delay(clock, JOIN_AFTER_MS, signal);
    await joinLeft({ file, header }, log);
  };

  const shipInTurn = async (leftover: Leftover, signal: AbortSignal): Promise<void> => {
    const leave = await places.enter(signal);
    try {
      await ship(leftover, signal);
    } catch (error) {
      signal.throwIfAborted();
      log.warn({ err: error, file: leftover.file }, 'a journal that was left behind cannot be read');
    } finally {
      leave();
      underWay.delete(leftover.file);
    }
  };

  const look = async () => {
    for (const leftover of await deps.findLeftovers()) {
      if (underWay.has(leftover.file) || stuck.has(leftover.file)) continue;
      underWay.add(leftover.file);
      tasks.spawn((signal) => shipInTurn(leftover, signal));
    }
  };

  tasks.spawn(async (signal) => {
    for (;;) {
      news = new AbortController();
      await look().catch((err) => log.warn({ err }, 'the folder of journals cannot be read'));
      await delay(clock, LOOK_EVERY_MS, AbortSignal.any([signal, news.signal])).catch(() => {});
      signal.throwIfAborted();
    }
  });

  return {
    lookNow: () => news.abort(),
    counts: () => ({ ...deps.tally, journalsUnderWay: underWay.size }),
    async close() {
      await tasks.close();
      deps.ownerships.close();
    },
  };
}

/** The header of a journal, or why it has none. Rejects where the file cannot be read. */
async function readHeader(file: string): Promise<JournalHeader | string> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const length = Math.min(size, LONGEST_HEADER_BYTES);
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(length), 0, length, 0);
    const end = buffer.subarray(0, bytesRead).indexOf('\n');
    if (end === -1) return 'ends before its first line does';
    const header = journalHeaderSchema.safeParse(JSON.parse(buffer.toString('utf8', 0, end)));
    return header.success ? header.data : 'is of another version, or of something else';
  } catch (error) {
    if (error instanceof SyntaxError) return 'does not begin with a header';
    throw error;
  } finally {
    await handle.close();
  }
}
