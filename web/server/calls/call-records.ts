import type { CallId, Seat } from '@parley/contracts/ids';
import type { PriceTable } from '@parley/engine/cost/price-table';
import type { Logger } from 'pino';
import { type AgentRegister, createAgentRegister } from '../agents/agent-register.ts';
import type { DatabaseDoor } from '../database/database-door.ts';
import type { LiveFeed } from '../live/live-feed.ts';
import type { Sfu } from '../livekit/sfu.ts';
import type { CallFiles } from '../recordings/call-files.ts';
import { createRecordingFinder } from '../recordings/recording-finder.ts';
import { storeUpload, type UploadedFile, type UploadOutcome } from '../recordings/uploaded-files.ts';
import type { Clock } from '../runtime/clock.ts';
import type { CallChange } from './call-change.ts';
import { startCallCloser } from './call-closer.ts';
import { type CallRecorder, createCallRecorder } from './call-recorder.ts';
import { type CallRegister, createCallRegister } from './call-register.ts';
import { runningCalls, takeSeat } from './call-rows.ts';
import { type Claims, createClaims } from './claims.ts';
import { journalsJson } from './journal-rows.ts';

/** All that is written of calls. */
export interface CallRecords {
  readonly claims: Claims;
  readonly recorder: Pick<CallRecorder, 'store' | 'forget'>;
  readonly register: Pick<CallRegister, 'opened' | 'roomNews'>;
  readonly agents: Pick<AgentRegister, 'report'>;
  /** `storedJournalsSchema` as JSON text. */
  journalsJson(callId: CallId, seat: Seat): Promise<string>;
  storeUpload(file: UploadedFile): Promise<UploadOutcome>;
  /** Resolves when nothing is under way any more. */
  close(): Promise<void>;
}

export function startCallRecords(deps: {
  readonly door: DatabaseDoor;
  readonly dataDir: string;
  readonly prices: PriceTable;
  readonly sfu: Pick<Sfu, 'rooms'>;
  readonly files: Pick<CallFiles, 'find'>;
  /** The recording of a call that is over lies there, with all sound that came. */
  readonly onWhole: (callId: CallId) => void;
  readonly live: Pick<LiveFeed, 'callStored' | 'turnsStored'>;
  readonly defaultAgent: () => string | null;
  /** What was stored may be something that receivers are told. */
  readonly wakeSender: () => void;
  readonly clock: Clock;
  readonly nowEpochMs: () => number;
  readonly log: Logger;
}): CallRecords {
  const { door, live, log } = deps;
  const database = door.current;
  const tell = ({ call, ownerKeyId, turns }: CallChange) => {
    live.callStored(call, ownerKeyId);
    if (turns.length > 0) live.turnsStored(call.callId, turns, ownerKeyId);
    deps.wakeSender();
  };
  const recordings = createRecordingFinder({ ...deps, database, onStored: tell });
  const onStored = (change: CallChange) => {
    tell(change);
    recordings.callStored(change);
  };
  const claims = createClaims({ ...deps, takeSeat: async (claim) => takeSeat(database().db, claim) });
  const recorder = createCallRecorder({ ...deps, database, onStored });
  const register = createCallRegister({ ...deps, database, onStored });
  const agents = createAgentRegister({ ...deps, database });
  const closer = startCallCloser({
    ...deps,
    recorder,
    runningCalls: async () => runningCalls(database().db),
  });
  void door.opened.then(async () => {
    try {
      await claims.bringHome();
      await recorder.showBehind();
      await recordings.lookForLeft();
    } catch (error) {
      log.error({ err: error }, 'what was left to be done in the database could not be done');
    }
  });
  return {
    claims,
    recorder,
    register,
    agents,
    journalsJson: async (callId, seat) => journalsJson(database().db, callId, seat),
    async storeUpload(file) {
      const outcome = await storeUpload({ dataDir: deps.dataDir, database }, file);
      if (outcome === 'stored' && file.name === 'recording.part') recordings.fileCame(file.callId);
      return outcome;
    },
    async close() {
      await closer.close();
      await recordings.close();
      await Promise.all([recorder.close(), register.close(), agents.close()]);
    },
  };
}
