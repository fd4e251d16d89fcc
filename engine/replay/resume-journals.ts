import type { EndReason } from '@parley/contracts/call-event';
import type { CarriedCall } from '@parley/contracts/carried-call';
import { reduceCall } from '../call/reduce.ts';
import { carryOver } from '../call/resuming.ts';
import { initialCallState } from '../call/state.ts';
import type { StoredCall } from './read-journal.ts';

/** What the journals of a call's earlier generations say to the next. */
export interface EarlierCall {
  /** Wall clock at 0 of the call clock: the same for all generations. */
  readonly startedAtEpochMs: number;
  /** Of the last event that is known of any generation. */
  readonly lastAtMs: number;
  /** Null where the call had come to its own end, or no journal tells where it was. */
  readonly carried: CarriedCall | null;
}

/** Ends of an agent, not of its call: somebody is still there. */
const AGENT_ENDS: readonly EndReason[] = ['worker_stopped', 'agent_failed', 'agent_lost', 'superseded'];

/** Folds the events of the last generation that knew of the call; the ones before it are in what it was given. */
export function resumeJournals(journals: readonly StoredCall[]): EarlierCall | null {
  const newestFirst = [...journals].sort((a, b) => b.header.generation - a.header.generation);
  const oldest = newestFirst.at(-1);
  if (oldest === undefined) return null;
  const { startedAtEpochMs } = oldest.header;
  const lastAtMs = Math.max(0, ...journals.map(({ steps }) => steps.at(-1)?.atMs ?? 0));
  for (const journal of newestFirst) {
    const carried = carriedBy(journal);
    if (carried !== 'nothing') return { startedAtEpochMs, lastAtMs, carried };
  }
  return { startedAtEpochMs, lastAtMs, carried: null };
}

/** `nothing`: it was lost before it knew of the call. Null: the call ended with it. */
function carriedBy({ settings, steps }: StoredCall): CarriedCall | 'nothing' | null {
  let state = initialCallState(settings);
  let lostAtMs = settings.startsAtMs;
  for (const { event } of steps) {
    if (event === null) continue;
    const next = reduceCall(state, event).state;
    if (next.call.phase === 'ended') {
      if (!AGENT_ENDS.includes(next.call.reason)) return null;
      break;
    }
    state = next;
    lostAtMs = event.atMs;
  }
  return carryOver(state, lostAtMs) ?? 'nothing';
}
