import { setMaxListeners } from 'node:events';
import { existsSync } from 'node:fs';
import { delay } from '../runtime/clock.ts';
import { createTaskGroup } from '../runtime/task-group.ts';
import type { KnownJournal } from './journal-files.ts';
import { createJournalSource } from './journal-source.ts';
import { type Lane, type LaneDeps, openLane } from './lane.ts';
import type { RawLine } from './line-batch.ts';
import type { Ownership, Ownerships } from './ownership.ts';
import type { ShippingCounts } from './shipping-counts.ts';

/** How long a process that ends waits for its last shipments; the next process ships what is left. */
const LAST_SHIPMENTS_MS = 2_000;

/** What a journal tells of itself as it grows; nothing here waits or throws. */
export interface FollowedJournal {
  /** The file has every line before `nextSeq`. */
  written(nextSeq: number, isCommit: boolean): void;
  /** The disk refused these lines, which are the next, and will get no other. */
  refused(lines: readonly RawLine[], isCommit: boolean): void;
  /** No line follows, and nobody writes the recording any more. */
  ended(): void;
}

/** Begins with a journal whose file is not there yet. */
export type FollowJournal = (journal: KnownJournal) => FollowedJournal;

/** Ships the journals of the calls that run in this process. */
export interface Shipper {
  /** `onSuperseded` is called once, when the server knows of a higher generation of the journal's seat. */
  follow(onSuperseded: (heldGeneration: number) => void): FollowJournal;
  counts(): ShippingCounts;
  /** Ships for 2 s at the most what is left. Called once. */
  close(): Promise<void>;
}

export function createShipper(deps: LaneDeps & { readonly ownerships: Ownerships }): Shipper {
  const { clock, log } = deps;
  const lanes = new Set<Lane>();
  const tasks = createTaskGroup();
  // Each of its journals waits with it.
  setMaxListeners(0, tasks.signal);

  const own = (file: string): Ownership | null | 'of another' => {
    try {
      return deps.ownerships.take(file, []) ?? 'of another';
    } catch (err) {
      log.warn({ err, file }, 'a journal cannot be marked as being shipped from here');
      return null;
    }
  };

  return {
    follow:
      (onSuperseded) =>
      ({ file, header }) => {
        const ownership = existsSync(file) ? 'of another' : own(file);
        if (ownership === 'of another') {
          log.error({ file }, 'another process writes this journal; nothing is shipped of this one');
          return { written: () => {}, refused: () => {}, ended: () => {} };
        }
        const source = createJournalSource({ file, header });
        const lane = openLane({ file, header, source, ownership, onSuperseded }, deps, tasks.signal);
        lanes.add(lane);
        tasks.spawn(async () => {
          await lane.outcome.finally(() => lanes.delete(lane));
        });
        return {
          written: lane.backlog.grown,
          refused(lines, isCommit) {
            deps.tally.unwrittenLines += lines.length;
            for (const line of lines) source.keep(line);
            const last = lines.at(-1);
            if (last !== undefined) lane.backlog.grown(last.seq + 1, isCommit);
          },
          ended: lane.backlog.ended,
        };
      },
    counts() {
      const backlogs = [...lanes].map(({ backlog }) => backlog);
      const oldest = backlogs.map(({ oldestAtMs }) => oldestAtMs).filter((atMs) => atMs !== null);
      return {
        ...deps.tally,
        backlogLines: backlogs.reduce((sum, { lines }) => sum + lines, 0),
        oldestUnshippedMs: oldest.length === 0 ? null : clock.nowMs() - Math.min(...oldest),
      };
    },
    async close() {
      const patience = delay(clock, LAST_SHIPMENTS_MS, tasks.signal).catch(() => {});
      await Promise.race([patience, Promise.allSettled([...lanes].map(({ outcome }) => outcome))]);
      await tasks.close();
      deps.ownerships.close();
    },
  };
}
