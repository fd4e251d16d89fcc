import { nextWakeAtMs } from '../call/deadlines.ts';
import { ENGINE_VERSION, reduceCall } from '../call/reduce.ts';
import { type CallState, initialCallState } from '../call/state.ts';
import type { StoredCall, StoredCommand, StoredStep } from './read-journal.ts';
import { asStored, differencesOf } from './same-commands.ts';

/** What came of feeding a stored call to this engine. */
export interface Replay {
  readonly outcome: { readonly kind: 'same' } | ({ readonly kind: 'different' } & Difference);
  /** Both are compared, whether they are the same version or not. */
  readonly engineVersions: { readonly journal: string; readonly here: string };
  readonly events: number;
  readonly commands: number;
  /** Types of events that this engine does not know, each with how often it was passed over. */
  readonly unknownEvents: Readonly<Record<string, number>>;
  /** Wakes before the instant that the reducer asked for, up to a difference: faults of the driver that changed no command. */
  readonly earlyWakes: readonly EarlyWake[];
}

/** The first step whose commands are not those of the journal. */
export interface Difference {
  /** Index into the stored call's steps. */
  readonly index: number;
  readonly step: StoredStep;
  /** What this engine does at that step. */
  readonly now: readonly StoredCommand[];
  /** What this engine knew before the step. */
  readonly before: CallState;
  readonly after: CallState;
}

export interface EarlyWake {
  readonly seq: number;
  readonly atMs: number;
  /** Null: nothing was waited for. */
  readonly askedForAtMs: number | null;
}

/** Feeds the events of a stored call to the reducer and compares what it commands, up to the first difference. */
export function replayCall({ header, settings, steps, isCut }: StoredCall): Replay {
  const unknownEvents: Record<string, number> = {};
  const earlyWakes: EarlyWake[] = [];
  let outcome: Replay['outcome'] = { kind: 'same' };
  let state = initialCallState(settings);
  for (const [index, step] of steps.entries()) {
    const { event, seq, atMs, type } = step;
    if (event === null) {
      unknownEvents[type] = (unknownEvents[type] ?? 0) + 1;
      continue;
    }
    const next = reduceCall(state, event);
    const now = asStored(next.commands);
    // Of the step in which the process died there may be fewer commands on disk than were given.
    const comparable = isCut && index === steps.length - 1 ? now.slice(0, step.commands.length) : now;
    if (differencesOf(step.commands, comparable).length > 0) {
      outcome = { kind: 'different', index, step, now, before: state, after: next.state };
      break;
    }
    if (type === 'woke') {
      const askedForAtMs = nextWakeAtMs(state);
      if (askedForAtMs === null || atMs < askedForAtMs) earlyWakes.push({ seq, atMs, askedForAtMs });
    }
    state = next.state;
  }
  return {
    outcome,
    engineVersions: { journal: header.engineVersion, here: ENGINE_VERSION },
    events: steps.length,
    commands: steps.reduce((sum, { commands }) => sum + commands.length, 0),
    unknownEvents,
    earlyWakes,
  };
}
