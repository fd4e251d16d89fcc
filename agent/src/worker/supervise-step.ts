import { type BackOff, backOffMs } from './back-off.ts';
import { EXIT_CONFIG, type SupervisedCall } from './process-messages.ts';
import {
  type Child,
  put,
  putPlace,
  SILENT_MS,
  type SupervisorCommand,
  type SupervisorEvent,
  type SupervisorLimits,
  type SupervisorState,
} from './supervisor-state.ts';

/** A process that lived for less has failed to start. */
const STABLE_MS = 60_000;
/**
 * A process that starts loads its models for some seconds of processor time. Where others take the calls that it lost, it
 * leaves them the processor until those are heard again. Source: ten calls on two cores, docs/decisions/0023.
 */
const RESTART_BEHIND_CALLS_MS = 2_500;
/** The first restart is at once, as callers are waiting; a process that cannot live must not eat the machine. */
const RESTART: BackOff = { firstMs: 500, longestMs: 10_000 };
/** A supervisor woken so late stood still itself, and cannot say who was silent. */
const STALLED_MS = 1_000;
/** A process told to stop ends within 5 s of its own accord. */
const STOP_GRACE_MS = 6_000;

export interface Step {
  readonly state: SupervisorState;
  readonly commands: readonly SupervisorCommand[];
}

/** What a supervisor does next; it only decides, and reads the time from the event. */
export function superviseStep(
  state: SupervisorState,
  event: SupervisorEvent,
  atMs: number,
  limits: SupervisorLimits,
): Step {
  const decided = decide(state, event, atMs, limits);
  const followed = followUp(decided.state, atMs);
  return { state: followed.state, commands: [...decided.commands, ...followed.commands] };
}

function decide(
  state: SupervisorState,
  event: SupervisorEvent,
  atMs: number,
  limits: SupervisorLimits,
): Step {
  const child = 'childId' in event ? state.children.get(event.childId) : undefined;
  if ('childId' in event && child === undefined) return { state, commands: [] };
  switch (event.type) {
    case 'started':
      return { state, commands: [] };
    case 'timeReached':
      return { state: event.lateMs > STALLED_MS ? hearAll(state, atMs) : state, commands: [] };
    case 'childReady':
      return {
        state: startNext(
          put(state, child, { phase: child?.phase === 'retiring' ? 'retiring' : 'ready', heardAtMs: atMs }),
          atMs,
        ),
        commands: [],
      };
    case 'childBeat': {
      const heard = put(state, child, { heardAtMs: atMs });
      return event.rssMb > limits.maxRssMb ? retire(heard, child, atMs) : { state: heard, commands: [] };
    }
    case 'childTainted':
      return retire(state, child, atMs);
    case 'callStarted': {
      const calls = new Map(child?.calls).set(event.call.jobId, event.call);
      return { state: put(state, child, { calls }), commands: [] };
    }
    case 'callEnded': {
      const calls = new Map(child?.calls);
      const call = calls.get(event.jobId);
      calls.delete(event.jobId);
      const without = put(state, child, { calls });
      return event.outcome === 'lost' && call !== undefined && state.phase !== 'stopping'
        ? recover(without, [call])
        : { state: without, commands: [] };
    }
    case 'childExited':
      return childExited(state, child, event.code, atMs, limits);
    case 'recoveryEnded':
      return { state: { ...state, recovering: state.recovering - 1 }, commands: [] };
    case 'drainRequested':
      if (state.phase !== 'running') return { state, commands: [] };
      return { state: { ...state, phase: 'draining' }, commands: tellAll(state, 'drain') };
    case 'stopRequested':
      return stop(state, atMs, 0);
    case 'killRequested': {
      const commands = killAll(state);
      return { state: { ...state, phase: 'stopping', exitCode: 130 }, commands };
    }
  }
}

function childExited(
  state: SupervisorState,
  child: Child | undefined,
  code: number | null,
  atMs: number,
  limits: SupervisorLimits,
): Step {
  if (child === undefined) return { state, commands: [] };
  const children = new Map(state.children);
  children.delete(child.childId);
  const without = { ...state, children };
  // Settings that one process cannot start with, none can.
  if (code === EXIT_CONFIG && child.phase === 'starting') return stop(without, atMs, EXIT_CONFIG);
  const recovered =
    state.phase === 'stopping'
      ? { state: without, commands: [] }
      : recover(without, [...child.calls.values()]);
  if (child.phase === 'retiring') return recovered;
  const lived = atMs - child.startedAtMs;
  const failures = lived < STABLE_MS ? (state.places[child.index]?.failures ?? 0) + 1 : 1;
  const isTakenOver = child.calls.size > 0 && [...children.values()].some(({ phase }) => phase === 'ready');
  const behindMs = isTakenOver ? RESTART_BEHIND_CALLS_MS : 0;
  const startAtMs = atMs + Math.max(behindMs, backOffMs(failures - 1, RESTART, limits.random));
  return {
    ...recovered,
    state: startNext(putPlace(recovered.state, child.index, { failures, startAtMs }), atMs),
  };
}

/** What follows from a state at a time, whatever led there. */
function followUp(state: SupervisorState, atMs: number): Step {
  const commands: SupervisorCommand[] = [];
  let next = state;
  for (const child of state.children.values()) {
    if (atMs - child.heardAtMs < SILENT_MS) continue;
    commands.push({ type: 'killChild', childId: child.childId, reason: 'silent' });
    next = put(next, child, { heardAtMs: atMs });
  }
  if (next.killAtMs !== null && atMs >= next.killAtMs) {
    commands.push(...killAll(next));
    next = { ...next, killAtMs: null };
  }
  if (next.phase === 'running') {
    for (const [index, { startAtMs }] of next.places.entries()) {
      if (startAtMs === null || startAtMs > atMs) continue;
      const childId = next.nextChildId;
      const isReplacement = [...next.children.values()].some((child) => child.index === index);
      commands.push({ type: 'startChild', childId, index, isReplacement });
      const child: Child = {
        childId,
        index,
        phase: 'starting',
        startedAtMs: atMs,
        heardAtMs: atMs,
        calls: new Map(),
      };
      next = putPlace(
        { ...next, nextChildId: childId + 1, children: new Map(next.children).set(childId, child) },
        index,
        {
          startAtMs: null,
        },
      );
    }
  } else if (next.children.size === 0 && (next.recovering === 0 || next.phase === 'stopping')) {
    commands.push({ type: 'exit', code: next.exitCode });
  }
  return { state: next, commands };
}

function retire(state: SupervisorState, child: Child | undefined, atMs: number): Step {
  if (child === undefined || child.phase === 'retiring' || state.phase !== 'running')
    return { state, commands: [] };
  const failures = atMs - child.startedAtMs < STABLE_MS ? (state.places[child.index]?.failures ?? 0) + 1 : 0;
  const startAtMs = atMs + backOffMs(failures, RESTART, () => 0);
  return {
    state: putPlace(put(state, child, { phase: 'retiring' }), child.index, { failures, startAtMs }),
    commands: [{ type: 'tellChild', childId: child.childId, message: 'drain' }],
  };
}

function recover(state: SupervisorState, calls: readonly SupervisedCall[]): Step {
  return {
    state: { ...state, recovering: state.recovering + calls.length },
    commands: calls.map((call) => ({ type: 'recoverCall', call })),
  };
}

function stop(state: SupervisorState, atMs: number, exitCode: number): Step {
  if (state.phase === 'stopping') return { state, commands: [] };
  return {
    state: { ...state, phase: 'stopping', killAtMs: atMs + STOP_GRACE_MS, exitCode },
    commands: tellAll(state, 'stop'),
  };
}

const tellAll = (state: SupervisorState, message: 'drain' | 'stop'): SupervisorCommand[] =>
  [...state.children.keys()].map((childId) => ({ type: 'tellChild', childId, message }));

const killAll = (state: SupervisorState): SupervisorCommand[] =>
  [...state.children.keys()].map((childId) => ({ type: 'killChild', childId, reason: 'stopping' }));

function hearAll(state: SupervisorState, atMs: number): SupervisorState {
  const children = [...state.children.values()].map(
    (child) => [child.childId, { ...child, heardAtMs: atMs }] as const,
  );
  return { ...state, children: new Map(children) };
}

/** The next place that never had a process gets one. */
function startNext(state: SupervisorState, atMs: number): SupervisorState {
  const index = state.places.findIndex(({ startAtMs }) => startAtMs === Infinity);
  return index < 0 ? state : putPlace(state, index, { startAtMs: atMs });
}
