import type { ParticipantId } from '@parley/contracts/ids';
import type { Logger } from 'pino';
import { type Clock, delay } from '../runtime/clock.ts';
import { type BackOff, backOffMs } from './back-off.ts';
import type { SupervisedCall } from './process-messages.ts';
import type { RoomPeople, RoomService } from './room-service.ts';

/** A call whose process dies so often within the window kills its processes, or cannot be had. */
const MOST_DEATHS = 3;
const DEATH_WINDOW_MS = 60_000;
/** How long a process that starts anew may take before another machine is hoped for. */
const WORKER_WAIT_MS = 10_000;
/** A dispatched call is assigned within about 300 ms; after this it is dispatched once more. */
const TAKEN_TIMEOUT_MS = 3_000;
/** How long livekit-server may be away before its calls are taken for gone with it. */
const SERVER_WAIT_MS = 10_000;
const SERVER_RETRY: BackOff = { firstMs: 100, longestMs: 2_000 };

/** What is to be done for a call that lost its process. */
export type RecoveryDecision =
  /** The room is gone, or is another, or nobody is left to talk to. */
  | { readonly kind: 'over'; readonly reason: 'room_gone' | 'no_human' }
  /** Someone was quicker. */
  | { readonly kind: 'held' }
  | { readonly kind: 'dispatch' };

export function decideRecovery(
  call: SupervisedCall,
  generation: number,
  people: RoomPeople | null,
): RecoveryDecision {
  if (people === null || people.callId !== call.callId) return { kind: 'over', reason: 'room_gone' };
  if ((people.agents.get(call.identity) ?? 0) >= generation) return { kind: 'held' };
  return people.humans === 0 ? { kind: 'over', reason: 'no_human' } : { kind: 'dispatch' };
}

/** Gives calls whose process died to another, as the next generation under the same identity. */
export interface CallRecovery {
  /** Resolves when the call is in other hands or given up; never rejects. */
  recover(call: SupervisedCall): Promise<void>;
}

export function createCallRecovery(deps: {
  readonly rooms: Pick<RoomService, 'people' | 'dispatch' | 'deleteRoom'>;
  /** Resolves when a process of this machine takes jobs, at once where none ever will; rejects when aborted. */
  readonly workerReady: (signal: AbortSignal) => Promise<void>;
  /** Whether a process of this machine has the seat, in this generation or a later one. */
  readonly isHeldHere: (identity: ParticipantId, generation: number) => boolean;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
}): CallRecovery {
  const { rooms, clock } = deps;
  const deaths = new Map<ParticipantId, readonly number[]>();
  /** The generation last asked for, so that of two recoveries of one call the later goes on alone. */
  const asked = new Map<ParticipantId, number>();

  const countDeath = (identity: ParticipantId): number => {
    const nowMs = clock.nowMs();
    for (const [other, atMs] of deaths) {
      const recent = atMs.filter((at) => nowMs - at < DEATH_WINDOW_MS);
      if (recent.length > 0) deaths.set(other, recent);
      else deaths.delete(other);
    }
    const all = [...(deaths.get(identity) ?? []), nowMs];
    deaths.set(identity, all);
    return all.length;
  };

  const attempt = async (
    call: SupervisedCall,
    generation: number,
    log: Logger,
  ): Promise<'settled' | 'unanswered'> => {
    await within(clock, WORKER_WAIT_MS, deps.workerReady);
    const decision = decideRecovery(call, generation, await askRoom(call.roomName));
    if (decision.kind !== 'dispatch') {
      log.info(decision, 'the call needs no other process');
      return 'settled';
    }
    await rooms.dispatch(call.roomName, { ...call.metadata, generation, resumes: true });
    log.warn('the call was dispatched again');
    await delay(clock, TAKEN_TIMEOUT_MS);
    if (asked.get(call.identity) !== generation || deps.isHeldHere(call.identity, generation))
      return 'settled';
    const isTaken = decideRecovery(call, generation, await askRoom(call.roomName)).kind !== 'dispatch';
    return isTaken ? 'settled' : 'unanswered';
  };

  const askRoom = async (roomName: string): Promise<RoomPeople | null> => {
    const untilMs = clock.nowMs() + SERVER_WAIT_MS;
    for (let tries = 1; ; tries++) {
      try {
        return await rooms.people(roomName);
      } catch (error) {
        if (clock.nowMs() >= untilMs) throw error;
        await delay(clock, backOffMs(tries, SERVER_RETRY, deps.random));
      }
    }
  };

  return {
    async recover(call) {
      let generation = call.metadata.generation;
      for (;;) {
        generation++;
        const log = deps.log.child({ callId: call.callId, generation });
        try {
          if (countDeath(call.identity) >= MOST_DEATHS) {
            log.error(
              { reason: 'agent_lost' },
              'the call loses every process that takes it; its room is closed',
            );
            return await rooms.deleteRoom(call.roomName);
          }
          if ((asked.get(call.identity) ?? 0) >= generation) return;
          asked.set(call.identity, generation);
          if ((await attempt(call, generation, log)) === 'settled') break;
          log.error('no worker took the call');
        } catch (error) {
          log.error({ err: error, reason: 'agent_lost' }, 'the call could not be given to another process');
          break;
        }
      }
      if (asked.get(call.identity) === generation) asked.delete(call.identity);
    },
  };
}

async function within(clock: Clock, ms: number, wait: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const patience = new AbortController();
  const cancel = clock.at(clock.nowMs() + ms, () => patience.abort(new Error('not in time')));
  try {
    await wait(patience.signal);
  } catch (error) {
    if (!patience.signal.aborted) throw error;
  } finally {
    cancel();
  }
}
