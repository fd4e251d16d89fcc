import type { ParticipantId } from '@parley/contracts/ids';
import type { Logger } from 'pino';
import type { Settings } from '../config/settings.ts';
import type { Clock } from '../runtime/clock.ts';
import { createDeferred } from '../runtime/deferred.ts';
import { createTaskGroup } from '../runtime/task-group.ts';
import { createCallRecovery } from './call-recovery.ts';
import type { ForkedProcess, ForkProcess } from './fork-process.ts';
import { childMessageSchema, type ProcessArgument } from './process-messages.ts';
import type { RoomService } from './room-service.ts';
import { superviseStep } from './supervise-step.ts';
import {
  initialSupervisor,
  nextWakeAtMs,
  type SupervisorCommand,
  type SupervisorEvent,
} from './supervisor-state.ts';

/** Where the first process answers for its health, unless set: the port of LiveKit's own agents. */
const DEFAULT_HEALTH_PORT = 8081;

/** Keeps worker processes alive, and the calls of those that die. */
export interface Supervisor {
  /** No further call; ends when the running ones have ended. */
  drain(): void;
  /** Calls leave their rooms at once; ends within 6 s. */
  stop(): void;
  /** Ends every process without asking. */
  kill(): void;
  /** Resolves with the exit code when no process is left. */
  readonly ended: Promise<number>;
}

export function runSupervisor(deps: {
  readonly settings: Settings;
  readonly forkProcess: ForkProcess;
  readonly rooms: RoomService;
  /** A process has ended; what it left behind is there. */
  readonly onProcessEnded: () => void;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
}): Supervisor {
  const { settings, clock, random, log } = deps;
  const limits = { processes: settings.processes, maxRssMb: settings.maxRssMb, random };
  const processes = new Map<number, ForkedProcess>();
  const recoveries = createTaskGroup();
  const readyWaiters = new Set<() => void>();
  const ended = createDeferred<number>();
  let state = initialSupervisor(limits);
  let cancelWake = () => {};

  const dispatch = (event: SupervisorEvent) => {
    const step = superviseStep(state, event, clock.nowMs(), limits);
    state = step.state;
    for (const command of step.commands) perform(command);
    if (canTakeJobs()) for (const resolve of readyWaiters) resolve();
    cancelWake();
    const wakeAtMs = nextWakeAtMs(state);
    if (!Number.isFinite(wakeAtMs)) return;
    cancelWake = clock.at(wakeAtMs, () =>
      dispatch({ type: 'timeReached', lateMs: clock.nowMs() - wakeAtMs }),
    );
  };

  const perform = (command: SupervisorCommand) => {
    switch (command.type) {
      case 'startChild':
        return startChild(command.childId, command.index, command.isReplacement);
      case 'tellChild':
        return processes.get(command.childId)?.tell({ type: command.message });
      case 'killChild':
        log.error({ childId: command.childId, reason: command.reason }, 'a worker process is killed');
        return processes.get(command.childId)?.kill();
      case 'recoverCall':
        return recoveries.spawn(async () => {
          await recovery.recover(command.call);
          dispatch({ type: 'recoveryEnded' });
        });
      case 'exit':
        return ended.resolve(command.code);
    }
  };

  const startChild = (childId: number, index: number, isReplacement: boolean) => {
    const childLog = log.child({ childId, index });
    const forked = deps.forkProcess(processArgument(settings, index, isReplacement), {
      onMessage: (message) => receive(childId, message, childLog),
      onExit: ({ code, cause }) => {
        processes.delete(childId);
        const calls = state.children.get(childId)?.calls.size ?? 0;
        const level = state.phase === 'running' || calls > 0 ? 'warn' : 'info';
        childLog[level]({ cause, calls }, 'a worker process ended');
        dispatch({ type: 'childExited', childId, code });
        deps.onProcessEnded();
      },
    });
    processes.set(childId, forked);
    childLog.info({ pid: forked.pid }, 'a worker process started');
  };

  const receive = (childId: number, data: unknown, childLog: Logger) => {
    const parsed = childMessageSchema.safeParse(data);
    if (!parsed.success)
      return childLog.warn({ err: parsed.error }, 'a worker process sent what has no meaning');
    const message = parsed.data;
    switch (message.type) {
      case 'ready':
        return dispatch({ type: 'childReady', childId });
      case 'beat':
        return dispatch({ type: 'childBeat', childId, rssMb: message.rssMb });
      case 'tainted':
        return dispatch({ type: 'childTainted', childId });
      case 'callStarted':
        return dispatch({ type: 'callStarted', childId, call: message.call });
      case 'callEnded':
        return dispatch({ type: 'callEnded', childId, jobId: message.jobId, outcome: message.outcome });
    }
  };

  const canTakeJobs = () =>
    state.phase !== 'running' || [...state.children.values()].some(({ phase }) => phase === 'ready');

  const workerReady = (signal: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      if (canTakeJobs()) return resolve();
      const onReady = () => {
        readyWaiters.delete(onReady);
        resolve();
      };
      readyWaiters.add(onReady);
      signal.addEventListener('abort', () => {
        readyWaiters.delete(onReady);
        reject(signal.reason);
      });
    });

  const isHeldHere = (identity: ParticipantId, generation: number) =>
    [...state.children.values()].some(({ calls }) =>
      [...calls.values()].some(
        (call) => call.identity === identity && call.metadata.generation >= generation,
      ),
    );

  const recovery = createCallRecovery({ rooms: deps.rooms, workerReady, isHeldHere, clock, random, log });
  dispatch({ type: 'started' });
  return {
    drain: () => dispatch({ type: 'drainRequested' }),
    stop: () => dispatch({ type: 'stopRequested' }),
    kill: () => dispatch({ type: 'killRequested' }),
    ended: ended.promise,
  };
}

/** A process that replaces one which still runs cannot have its port, which is the other's until it ends. */
function processArgument(settings: Settings, index: number, isReplacement: boolean): ProcessArgument {
  const first = settings.healthPort ?? DEFAULT_HEALTH_PORT;
  const healthPort = isReplacement || first === 0 ? 0 : first + index;
  return { index, healthPort, mayMovePort: settings.healthPort === null };
}
