import type { Job, JobAssignment } from '@livekit/protocol';
import type { AgentSummary } from '@parley/contracts/internal-api';
import type { Logger } from 'pino';
import type { Clock } from '../runtime/clock.ts';
import { createTaskGroup } from '../runtime/task-group.ts';
import type { JobUpdate, OfferAnswer } from './agent-messages.ts';
import type { CallScope } from './call-scope.ts';
import { CallStopped, type RunCall } from './contract.ts';
import type { JoinGate } from './join-gate.ts';
import { acceptance, type OfferedJob, readJob } from './offered-job.ts';
import type { RoomService } from './room-service.ts';
import type { ClaimSeat } from './seat-claim.ts';
import type { Slots } from './slots.ts';

/** LiveKit assigns an accepted job within milliseconds; after this the slot is free again. Source: LiveKit's workers. */
const ASSIGNMENT_TIMEOUT_MS = 7_500;

/**
 * How a call ended for this process. `refused`: someone else sits in its seat, it was never joined. `lost`: its code
 * threw where nothing could catch it, so that its state cannot be trusted and another process should take it over.
 */
export type CallOutcome = 'ended' | 'failed' | 'refused' | 'lost';

/** Takes the jobs of all sockets of a process and runs them as calls, each for itself. */
export interface CallDesk {
  /** Answers at once; saying yes holds a slot. */
  offer(job: Job): OfferAnswer;
  assign(assignment: JobAssignment, tell: (jobId: string, update: JobUpdate) => void): void;
  /** LiveKit takes the job for ended. */
  terminate(jobId: string): void;
  /** Ends a call as `lost` and leaves its room. A job that is not running changes nothing. */
  lose(jobId: string, error: unknown): void;
  /** Takes no further job; resolves when the last call has ended. */
  drain(): Promise<void>;
  /** As drain, and tells every call to stop. */
  stop(): Promise<void>;
  readonly isTaking: boolean;
}

export interface CallDeskOptions {
  readonly slots: Slots;
  readonly joinGate: JoinGate;
  readonly claimSeat: ClaimSeat;
  readonly runCall: RunCall;
  readonly rooms: Pick<RoomService, 'hasDispatch'>;
  readonly agents: () => readonly AgentSummary[];
  readonly defaultAgent: () => string;
  /** The SFU's address, where an assignment gives none. */
  readonly livekitUrl: string;
  readonly scope: CallScope;
  readonly onCallStarted: (job: OfferedJob) => void;
  readonly onCallEnded: (job: OfferedJob, outcome: CallOutcome) => void;
  /** The number of slots in use, or the readiness to take jobs, is another. */
  readonly onChanged: () => void;
  readonly clock: Clock;
  readonly log: Logger;
}

interface LiveCall {
  readonly job: OfferedJob;
  readonly controller: AbortController;
  readonly tell: (update: JobUpdate) => void;
  isLost: boolean;
}

export function createCallDesk(options: CallDeskOptions): CallDesk {
  const { slots, clock, log, scope } = options;
  const reservations = new Map<string, () => void>();
  const calls = new Map<string, LiveCall>();
  const tasks = createTaskGroup();
  const whenEmpty: (() => void)[] = [];
  let isTaking = true;

  const free = (jobId: string) => {
    slots.free(jobId);
    options.onChanged();
    if (slots.used === 0) for (const resolve of whenEmpty.splice(0)) resolve();
  };

  const offer = (job: Job): OfferAnswer => {
    const read = readJob(job);
    if (!isTaking || !slots.take(job.id)) {
      log.info({ jobId: job.id, isTaking, used: slots.used }, 'job refused: no free slot');
      return { kind: 'refused' };
    }
    reservations.get(job.id)?.();
    const cancel = clock.at(clock.nowMs() + ASSIGNMENT_TIMEOUT_MS, () => {
      reservations.delete(job.id);
      log.warn({ jobId: job.id }, 'an accepted job was never assigned; its slot is free again');
      free(job.id);
    });
    reservations.set(job.id, cancel);
    options.onChanged();
    // A job that no worker can run is taken all the same, to be ended with its fault, and not offered to the next.
    if (read.kind === 'faulty')
      return { kind: 'accepted', identity: `faulty-${job.id}`, name: '', attributes: {} };
    return acceptance(read.job, options.agents(), options.defaultAgent());
  };

  const assign: CallDesk['assign'] = (assignment, tell) => {
    const jobId = assignment.job?.id ?? '';
    if (assignment.job === undefined || jobId === '') return log.warn('livekit-server assigned no job');
    if (calls.has(jobId)) return log.warn({ jobId }, 'livekit-server assigned a running job again');
    const wasReserved = reservations.has(jobId);
    reservations.get(jobId)?.();
    reservations.delete(jobId);
    if (!wasReserved && !(isTaking && slots.take(jobId))) {
      log.warn({ jobId }, 'a job was assigned without a free slot');
      return tell(jobId, { kind: 'failed', error: 'the worker has no free slot' });
    }
    const read = readJob(assignment.job);
    if (read.kind === 'faulty') {
      log.error({ jobId, fault: read.job.fault }, 'a job cannot be run');
      tell(jobId, { kind: 'failed', error: read.job.fault });
      return free(jobId);
    }
    const call: LiveCall = {
      job: read.job,
      controller: new AbortController(),
      tell: (update) => tell(jobId, update),
      isLost: false,
    };
    calls.set(jobId, call);
    if (!wasReserved) options.onChanged();
    const { callId } = read.job;
    tasks.spawn(() => scope.run({ jobId, callId }, () => handle(call, assignment)));
  };

  const handle = async (call: LiveCall, assignment: JobAssignment) => {
    const { job } = call;
    const callLog = log.child({ callId: job.callId, jobId: job.jobId, generation: job.metadata.generation });
    options.onCallStarted(job);
    let outcome: CallOutcome = 'failed';
    try {
      outcome = await claimAndRun(call, assignment, callLog);
    } catch (error) {
      if (call.controller.signal.aborted && error === call.controller.signal.reason) outcome = 'ended';
      else {
        callLog.error({ err: error }, 'the call failed');
        call.tell({ kind: 'failed', error: error instanceof Error ? error.message : String(error) });
      }
    }
    callLog.info({ outcome: call.isLost ? 'lost' : outcome }, 'call over');
    calls.delete(job.jobId);
    free(job.jobId);
    if (outcome === 'ended') call.tell({ kind: 'succeeded' });
    if (!call.isLost) options.onCallEnded(job, outcome);
  };

  const claimAndRun = async (
    call: LiveCall,
    assignment: JobAssignment,
    callLog: Logger,
  ): Promise<CallOutcome> => {
    const { job, controller } = call;
    const { signal } = controller;
    const claim = claimHere(call) ?? (await options.claimSeat(job, signal));
    signal.throwIfAborted();
    if (claim.kind === 'refused') {
      callLog.warn(
        { heldGeneration: claim.heldGeneration },
        'the seat is held by another; the job ends unjoined',
      );
      call.tell({ kind: 'failed', error: `generation ${claim.heldGeneration} holds the seat` });
      return 'refused';
    }
    call.tell({ kind: 'running' });
    callLog.info('call taken');
    const leaveGate: (() => void)[] = [];
    const acquireJoin = async () => {
      const leave = await options.joinGate.enter(signal);
      leaveGate.push(leave);
      return leave;
    };
    const { jobId, callId, roomName, metadata } = job;
    const url = assignment.url || options.livekitUrl;
    try {
      await options.runCall(
        { jobId, callId, roomName, url, token: assignment.token, metadata },
        { signal, acquireJoin },
      );
    } finally {
      for (const leave of leaveGate) leave();
    }
    return 'ended';
  };

  /** Settles the claim against this process's own calls; undefined where none of them sits in the seat. */
  const claimHere = (call: LiveCall) => {
    for (const other of calls.values()) {
      if (other === call || other.job.identity !== call.job.identity) continue;
      const heldGeneration = other.job.metadata.generation;
      if (heldGeneration >= call.job.metadata.generation && !other.isLost) {
        return { kind: 'refused', heldGeneration } as const;
      }
      other.controller.abort(new CallStopped('superseded'));
    }
    return undefined;
  };

  /**
   * LiveKit says this of a job whose dispatch was deleted, but also of one whose agent has just taken over the
   * identity of an earlier one, or joined anew after a network drop. Only the first is an end.
   */
  const terminate = (jobId: string) => {
    const call = calls.get(jobId);
    if (call === undefined) return;
    const { roomName, dispatchId, callId } = call.job;
    tasks.spawn(async () => {
      try {
        if (await options.rooms.hasDispatch(roomName, dispatchId)) {
          log.debug({ callId, jobId }, 'a termination without a deleted dispatch; the call goes on');
          return;
        }
      } catch (error) {
        // If the dispatch is gone, the server removes the agent from the room as well, and the call learns of that.
        return log.warn(
          { err: error, callId, jobId },
          'a termination could not be checked; the call goes on',
        );
      }
      call.controller.abort(new CallStopped('terminated_by_server'));
    });
  };

  const lose = (jobId: string, error: unknown) => {
    const call = calls.get(jobId);
    if (call === undefined || call.isLost) return;
    call.isLost = true;
    call.tell({ kind: 'failed', error: `lost: ${String(error)}` });
    options.onCallEnded(call.job, 'lost');
    call.controller.abort(new CallStopped('superseded'));
  };

  const drain = async () => {
    isTaking = false;
    options.onChanged();
    if (slots.used > 0) await new Promise<void>((resolve) => whenEmpty.push(resolve));
    await tasks.close();
  };

  return {
    offer,
    assign,
    terminate,
    lose,
    drain,
    stop: () => {
      for (const [jobId, cancel] of reservations) {
        cancel();
        slots.free(jobId);
      }
      reservations.clear();
      for (const { controller } of calls.values()) controller.abort(new CallStopped('worker_stopping'));
      return drain();
    },
    get isTaking() {
      return isTaking;
    },
  };
}
