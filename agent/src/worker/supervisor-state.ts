import type { CallOutcome } from './call-desk.ts';
import type { SupervisedCall } from './process-messages.ts';

/** A process that sends no beat for so long hangs, and its callers hear nothing. */
export const SILENT_MS = 15_000;

/** One worker process, from its start to its exit. */
export interface Child {
  readonly childId: number;
  readonly index: number;
  /** `retiring`: it takes no further job and another stands in its place. */
  readonly phase: 'starting' | 'ready' | 'retiring';
  readonly startedAtMs: number;
  readonly heardAtMs: number;
  readonly calls: ReadonlyMap<string, SupervisedCall>;
}

/** A place for a process. */
export interface Place {
  /** Starts in a row that did not last. */
  readonly failures: number;
  /** When it gets its next process; null while it has one. */
  readonly startAtMs: number | null;
}

export interface SupervisorState {
  readonly phase: 'running' | 'draining' | 'stopping';
  readonly children: ReadonlyMap<number, Child>;
  readonly places: readonly Place[];
  readonly nextChildId: number;
  /** Lost calls that are being given to another process. */
  readonly recovering: number;
  readonly killAtMs: number | null;
  readonly exitCode: number;
}

export type SupervisorEvent =
  | { readonly type: 'started' }
  | { readonly type: 'childReady'; readonly childId: number }
  | { readonly type: 'childBeat'; readonly childId: number; readonly rssMb: number }
  | { readonly type: 'childTainted'; readonly childId: number }
  | { readonly type: 'callStarted'; readonly childId: number; readonly call: SupervisedCall }
  | {
      readonly type: 'callEnded';
      readonly childId: number;
      readonly jobId: string;
      readonly outcome: CallOutcome;
    }
  | { readonly type: 'childExited'; readonly childId: number; readonly code: number | null }
  | { readonly type: 'recoveryEnded' }
  | { readonly type: 'drainRequested' }
  | { readonly type: 'stopRequested' }
  | { readonly type: 'killRequested' }
  /** `lateMs` after the time that was asked for. */
  | { readonly type: 'timeReached'; readonly lateMs: number };

export type SupervisorCommand =
  | {
      readonly type: 'startChild';
      readonly childId: number;
      readonly index: number;
      readonly isReplacement: boolean;
    }
  | { readonly type: 'tellChild'; readonly childId: number; readonly message: 'drain' | 'stop' }
  | { readonly type: 'killChild'; readonly childId: number; readonly reason: 'silent' | 'stopping' }
  | { readonly type: 'recoverCall'; readonly call: SupervisedCall }
  | { readonly type: 'exit'; readonly code: number };

export interface SupervisorLimits {
  readonly processes: number;
  readonly maxRssMb: number;
  readonly random: () => number;
}

export function initialSupervisor({ processes }: SupervisorLimits): SupervisorState {
  return {
    phase: 'running',
    children: new Map(),
    // The first process starts alone, so that a call can be answered soon; each next starts when it stands.
    places: Array.from({ length: processes }, (_, index) => ({
      failures: 0,
      startAtMs: index === 0 ? 0 : Infinity,
    })),
    nextChildId: 1,
    recovering: 0,
    killAtMs: null,
    exitCode: 0,
  };
}

/** When time alone changes something next. */
export function nextWakeAtMs(state: SupervisorState): number {
  const silentAtMs = [...state.children.values()].map(({ heardAtMs }) => heardAtMs + SILENT_MS);
  const startAtMs = state.phase === 'running' ? state.places.map((place) => place.startAtMs ?? Infinity) : [];
  return Math.min(state.killAtMs ?? Infinity, ...silentAtMs, ...startAtMs);
}

/** A state in which a child is another; a child that is gone changes nothing. */
export function put(
  state: SupervisorState,
  child: Child | undefined,
  change: Partial<Child>,
): SupervisorState {
  const current = child && state.children.get(child.childId);
  if (current === undefined) return state;
  return { ...state, children: new Map(state.children).set(current.childId, { ...current, ...change }) };
}

/** A state in which a place is another. */
export function putPlace(state: SupervisorState, index: number, change: Partial<Place>): SupervisorState {
  return {
    ...state,
    places: state.places.map((place, at) => (at === index ? { ...place, ...change } : place)),
  };
}
