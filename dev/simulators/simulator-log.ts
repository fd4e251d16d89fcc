import type { Clock } from '@parley/agent/runtime/clock';
import { createDeferred } from '@parley/agent/runtime/deferred';
import type { SimulatedStage } from './simulated-vendor.ts';

/** What happened at a simulated vendor. */
export type LogEntry = {
  /** Of the simulators' clock. */
  readonly atMs: number;
  readonly vendor: string;
  readonly stage: SimulatedStage;
  /** Of the request or socket, from 1. */
  readonly exchangeId: number;
} & LogDetail;

type LogDetail =
  | {
      readonly kind: 'request';
      readonly method: string;
      readonly path: string;
      readonly query: string;
      /** Text of the body; bodies that are not text are told by their length alone. */
      readonly body: string;
    }
  | { readonly kind: 'refused'; readonly status: number }
  /** A text message of the client; its sound is only counted. */
  | { readonly kind: 'message'; readonly text: string }
  /** The client took back what it had asked for. */
  | { readonly kind: 'cancel'; readonly detail: string }
  | { readonly kind: 'fault'; readonly fault: string }
  /** The answer is whole, or the socket closed. */
  | { readonly kind: 'end'; readonly by: 'client' | 'vendor'; readonly detail: string }
  /** The simulator itself failed. */
  | { readonly kind: 'bug'; readonly message: string };

export type LogKind = LogDetail['kind'];
type EntryOf<K extends LogKind> = Extract<LogEntry, { readonly kind: K }>;

/** Bytes of one request or socket. */
export interface ExchangeCount {
  readonly exchangeId: number;
  readonly vendor: string;
  readonly stage: SimulatedStage;
  readonly isOpen: boolean;
  readonly receivedBytes: number;
  readonly sentBytes: number;
  readonly firstSentAtMs: number | null;
}

export interface SimulatorLog {
  /** The last 5,000, or fewer where they are long; oldest first. */
  entries<K extends LogKind = LogKind>(where?: LogQuery<K>): readonly EntryOf<K>[];
  /** The first entry that fits, of the past or still to come. Rejects after `withinMs`, default 5,000. */
  find<K extends LogKind>(where: LogQuery<K>, withinMs?: number): Promise<EntryOf<K>>;
  /** The last 5,000 requests and sockets. */
  exchanges(): readonly ExchangeCount[];
  /** Requests and sockets that are open now. */
  readonly openCount: number;
  clear(): void;
}

export interface LogQuery<K extends LogKind> {
  readonly kind?: K;
  readonly vendor?: string;
  readonly stage?: SimulatedStage;
  readonly exchangeId?: number;
}

/** How the simulators write it: one an exchange. */
export interface ExchangeLog {
  add(detail: LogDetail): void;
  received(bytes: number): void;
  sent(bytes: number): void;
  /** Once: later calls change nothing. */
  end(by: 'client' | 'vendor', detail: string): void;
}

/** Entries and exchanges kept. A demonstration runs for days, a test makes some hundreds. */
const KEPT = 5_000;
/** Characters of messages and bodies kept: sound within JSON is long. */
const KEPT_CHARACTERS = 16_000_000;

export function createSimulatorLog({ clock }: { readonly clock: Clock }): {
  readonly log: SimulatorLog;
  begin(vendor: string, stage: SimulatedStage): ExchangeLog;
} {
  let entries: LogEntry[] = [];
  let counts: (ExchangeCount & { isOpen: boolean; receivedBytes: number; sentBytes: number })[] = [];
  let lastId = 0;
  const waiting = new Set<(entry: LogEntry) => void>();

  let characters = 0;
  const add = (entry: LogEntry) => {
    entries.push(entry);
    characters += charactersOf(entry);
    if (entries.length > 2 * KEPT || characters > 2 * KEPT_CHARACTERS) {
      entries = latest(entries);
      characters = entries.reduce((sum, kept) => sum + charactersOf(kept), 0);
    }
    for (const look of waiting) look(entry);
  };

  const log: SimulatorLog = {
    entries: (where = {}) => entries.slice(-KEPT).filter((entry) => fits(entry, where)),
    async find(where, withinMs = 5_000) {
      const known = log.entries(where)[0];
      if (known !== undefined) return known;
      const found = createDeferred<LogEntry>();
      const look = (entry: LogEntry) => {
        if (fits(entry, where)) found.resolve(entry);
      };
      waiting.add(look);
      const cancelTimeout = clock.at(clock.nowMs() + withinMs, () =>
        found.reject(new Error(`no ${JSON.stringify(where)} within ${withinMs} ms`)),
      );
      try {
        const entry = await found.promise;
        if (fits(entry, where)) return entry;
        throw new Error('the entry that was waited for is another');
      } finally {
        cancelTimeout();
        waiting.delete(look);
      }
    },
    exchanges: () => counts.slice(-KEPT),
    get openCount() {
      return counts.filter(({ isOpen }) => isOpen).length;
    },
    clear() {
      entries = [];
      counts = counts.filter(({ isOpen }) => isOpen);
    },
  };

  return {
    log,
    begin(vendor, stage) {
      lastId += 1;
      const exchangeId = lastId;
      const count = {
        exchangeId,
        vendor,
        stage,
        isOpen: true,
        receivedBytes: 0,
        sentBytes: 0,
        firstSentAtMs: null as number | null,
      };
      counts.push(count);
      if (counts.length > 2 * KEPT)
        counts = counts.filter(({ isOpen }, index) => isOpen || index > counts.length - KEPT);
      const addDetail = (detail: LogDetail) =>
        add({ atMs: clock.nowMs(), vendor, stage, exchangeId, ...detail });
      return {
        add: addDetail,
        received(bytes) {
          count.receivedBytes += bytes;
        },
        sent(bytes) {
          count.sentBytes += bytes;
          count.firstSentAtMs ??= clock.nowMs();
        },
        end(by, detail) {
          if (!count.isOpen) return;
          count.isOpen = false;
          addDetail({ kind: 'end', by, detail });
        },
      };
    },
  };
}

const charactersOf = (entry: LogEntry): number => {
  if (entry.kind === 'message') return entry.text.length;
  return entry.kind === 'request' ? entry.body.length : 0;
};

/** As many of the last as are kept. */
function latest(entries: readonly LogEntry[]): LogEntry[] {
  let characters = 0;
  const from = entries.findLastIndex((entry) => {
    characters += charactersOf(entry);
    return characters > KEPT_CHARACTERS;
  });
  return entries.slice(Math.max(from + 1, entries.length - KEPT));
}

function fits<K extends LogKind>(entry: LogEntry, where: LogQuery<K>): entry is EntryOf<K> {
  return (
    (where.kind === undefined || entry.kind === where.kind) &&
    (where.vendor === undefined || entry.vendor === where.vendor) &&
    (where.stage === undefined || entry.stage === where.stage) &&
    (where.exchangeId === undefined || entry.exchangeId === where.exchangeId)
  );
}
