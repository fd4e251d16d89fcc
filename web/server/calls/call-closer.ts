import type { EndReason } from '@parley/contracts/call-event';
import type { CallId } from '@parley/contracts/ids';
import type { Logger } from 'pino';
import { isDatabaseAway } from '../database/is-away.ts';
import { type Sfu, SfuError } from '../livekit/sfu.ts';
import type { Clock } from '../runtime/clock.ts';
import type { CallRecorder } from './call-recorder.ts';
import type { RunningCall } from './call-rows.ts';

/** Ends the rows of calls whose room is gone and of which no agent tells the end. */
export interface CallCloser {
  /** Resolves when nothing is under way any more. */
  close(): Promise<void>;
}

/** How often running calls are compared with the rooms that there are, in ms. */
export const LOOK_EVERY_MS = 2_000;
/**
 * How long an agent may take to tell the end of a call whose room is gone, in ms: with two looks, a call is never shown as
 * running for 10 s after its room is gone.
 */
export const GRACE_MS = 4_000;

export function startCallCloser(deps: {
  readonly runningCalls: () => Promise<readonly RunningCall[]>;
  readonly recorder: Pick<CallRecorder, 'end'>;
  readonly sfu: Pick<Sfu, 'rooms'>;
  readonly clock: Clock;
  readonly nowEpochMs: () => number;
  readonly log: Logger;
}): CallCloser {
  const { clock, log } = deps;
  /** When the room of a call was missed first. */
  let missed: ReadonlyMap<CallId, { readonly atMs: number; readonly atEpochMs: number }> = new Map();
  let isClosed = false;
  let cancelNext = () => {};

  const look = async () => {
    // Before the rooms: a call that is begun meanwhile is not compared with an older list of them.
    const running = await deps.runningCalls();
    if (running.length === 0) {
      missed = new Map();
      return;
    }
    const rooms = new Set((await deps.sfu.rooms()).map(({ callId }) => callId));
    const gone = running.filter(({ callId }) => !rooms.has(callId));
    missed = new Map(
      gone.map(({ callId }) => [
        callId,
        missed.get(callId) ?? { atMs: clock.nowMs(), atEpochMs: deps.nowEpochMs() },
      ]),
    );
    for (const call of gone) {
      const since = missed.get(call.callId);
      if (since === undefined || clock.nowMs() - since.atMs < GRACE_MS) continue;
      const reason = reasonOf(call);
      await deps.recorder.end(call.callId, { atMs: since.atEpochMs, reason });
      log.info({ callId: call.callId, reason }, 'the room of a call is gone, and no agent told its end');
    }
  };

  const lookAgainAndAgain = async () => {
    try {
      await look();
    } catch (error) {
      // What cannot be looked at is not known to be gone.
      missed = new Map();
      if (error instanceof SfuError || isDatabaseAway(error))
        log.debug({ err: error }, 'running calls cannot be compared with their rooms now');
      else log.error({ err: error }, 'running calls could not be compared with their rooms; trying again');
    }
    if (!isClosed) cancelNext = clock.at(clock.nowMs() + LOOK_EVERY_MS, start);
  };
  let looking = Promise.resolve();
  const start = () => {
    looking = lookAgainAndAgain();
  };
  start();

  return {
    async close() {
      isClosed = true;
      cancelNext();
      await looking;
    },
  };
}

/** What is true of a call that ended so, as far as the server saw it. */
function reasonOf({ isAnswered, isCallerSeen, hadAgent }: RunningCall): EndReason {
  if (isAnswered) return 'agent_lost';
  if (!isCallerSeen) return 'no_caller';
  return hadAgent ? 'agent_lost' : 'agent_failed';
}
