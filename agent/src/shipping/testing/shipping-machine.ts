import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  callIdSchema,
  generationSchema,
  MAIN_SEAT,
  participantIdSchema,
  turnIdSchema,
} from '@parley/contracts/ids';
import { onTestFinished } from 'vitest';
import { type Journal, journalPath, openJournal } from '../../call/journal.ts';
import { createVirtualClock, type VirtualClock } from '../../runtime/virtual-clock.ts';
import { createInternalRequest } from '../../worker/internal-request.ts';
import { silentLog } from '../../worker/testing/silent-log.ts';
import { createFindLeftovers } from '../find-leftovers.ts';
import { type LeftoverShipping, shipLeftovers } from '../leftovers.ts';
import { createOwnerships } from '../ownership.ts';
import type { ProcessMark } from '../process-mark.ts';
import { shareClient } from '../shared-client.ts';
import { createShipmentClient } from '../shipment-client.ts';
import { createShipper, type Shipper } from '../shipper.ts';
import { createShippingTally } from '../shipping-counts.ts';
import { createJournalServer, type JournalServer } from './journal-server.ts';

export const STARTED_AT_EPOCH_MS = Date.UTC(2026, 10, 21, 12);
const participantId = participantIdSchema.parse('caller-1');

/** A machine whose processes ship to one server, in virtual time, with a data folder that a test deletes at its end. */
export interface ShippingMachine {
  readonly clock: VirtualClock;
  readonly server: JournalServer;
  readonly dataDir: string;
  startProcess(options?: { readonly sendsFiles?: boolean }): TestProcess;
  /** Lets what is under way come to rest, and time go on. */
  pass(ms: number): Promise<void>;
  /** Names of the files beside the journals. */
  files(): readonly string[];
  /** Where the journal of a call's generation lies. */
  journalFile(callId: string, generation?: number): string;
  /** Lines of a journal's file, without its header and what was torn. */
  written(callId: string, generation?: number): readonly unknown[];
}

/** A process that runs calls, or looks for what others left behind. */
export interface TestProcess {
  readonly shipper: Shipper;
  openCall(callId: string, generation?: number): TestCall;
  sweep(): LeftoverShipping;
  /** Nothing of it goes on, and its number is free. */
  kill(): void;
}

export interface TestCall {
  readonly journal: Journal;
  readonly superseded: readonly number[];
  /** Something happens, of two lines. */
  step(): void;
  /** Somebody's turn is committed. */
  commit(text: string): void;
}

export function createShippingMachine(): ShippingMachine {
  const clock = createVirtualClock();
  const server = createJournalServer();
  const dataDir = mkdtempSync(path.join(tmpdir(), 'parley-shipping-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  const living = new Set<number>();
  let nextPid = 1;

  const startProcess: ShippingMachine['startProcess'] = ({ sendsFiles = false } = {}) => {
    const mark: ProcessMark = { pid: nextPid++, startedAt: '1', place: 'here' };
    living.add(mark.pid);
    const isRunning = () => living.has(mark.pid);
    /** Of a process that was killed no timer fires. */
    const ownClock = {
      nowMs: clock.nowMs,
      at: (atMs: number, fire: () => void) => clock.at(atMs, () => isRunning() && fire()),
    };
    const request = createInternalRequest({
      serverUrl: 'http://server',
      mintToken: async () => 'token',
      fetch: (url, init) => (isRunning() ? server.fetch(url, init) : new Promise(() => {})),
      clock: ownClock,
    });
    const tally = createShippingTally();
    const shipping = () => ({
      client: shareClient(createShipmentClient(request), { tally, log: silentLog }),
      sendsFiles,
      tally,
      clock: ownClock,
      random: () => 0,
      log: silentLog,
      ownerships: createOwnerships({
        mark,
        isAlive: ({ pid }) => living.has(pid),
        wallClockMs: () => Date.now(),
        clock: ownClock,
      }),
    });
    const shipper = createShipper(shipping());
    return {
      shipper,
      openCall(id, generation = 1) {
        const superseded: number[] = [];
        const journal = openJournal({
          dataDir,
          header: headerOf(id, generation),
          follow: shipper.follow((heldGeneration) => superseded.push(heldGeneration)),
          log: silentLog,
        });
        const atMs = () => clock.nowMs();
        return {
          journal,
          superseded,
          step: () =>
            journal.append(
              { type: 'participantListening', atMs: atMs(), data: { participantId } },
              [{ type: 'setAgentState', data: { state: 'listening' } }],
              false,
            ),
          commit: (text) =>
            journal.append(
              { type: 'participantListening', atMs: atMs(), data: { participantId } },
              [commitOf(text)],
              true,
            ),
        };
      },
      sweep: () =>
        shipLeftovers({ ...shipping(), findLeftovers: createFindLeftovers(dataDir, () => Date.now()) }),
      kill: () => void living.delete(mark.pid),
    };
  };

  const journalFile = (callId: string, generation = 1) => journalPath(dataDir, headerOf(callId, generation));
  return {
    clock,
    server,
    dataDir,
    startProcess,
    journalFile,
    async pass(ms) {
      for (let left = ms; ; left -= 50) {
        await rest();
        if (left <= 0) return;
        await clock.advance(Math.min(50, left));
      }
    },
    files: () => readdirSync(path.dirname(journalFile('any'))).sort(),
    written: (callId, generation) =>
      readFileSync(journalFile(callId, generation), 'utf8')
        .split('\n')
        .slice(1, -1)
        .map((line) => JSON.parse(line)),
  };
}

/** Files are read in real time: waits until nothing is under way with them, and what follows from it has been done. */
async function rest(): Promise<void> {
  for (let quietTurns = 0; quietTurns < 4; quietTurns++) {
    await new Promise((resolve) => setImmediate(resolve));
    if (process.getActiveResourcesInfo().some((name) => /req/i.test(name))) quietTurns = 0;
  }
}

function headerOf(id: string, generation: number) {
  return {
    engineVersion: '1',
    callId: callIdSchema.parse(id),
    seat: MAIN_SEAT,
    generation: generationSchema.parse(generation),
    roomName: 'call-1',
    agent: 'desk',
    agentVersion: null,
    startedAtEpochMs: STARTED_AT_EPOCH_MS,
    settings: {},
    seed: 7,
  };
}

function commitOf(text: string) {
  const turnId = turnIdSchema.parse('turn-1');
  return {
    type: 'recordTurn',
    data: { participantId, turnId, text, source: 'speech', isUnintelligible: false },
  } as const;
}
