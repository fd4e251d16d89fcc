import type { CallNoticeCause } from '@parley/contracts/call-notice';
import type { Person } from '../livekit/sfu.ts';
import type { WorkerSupply } from '../workers/worker-registry.ts';

/**
 * Whether a call has its agent, and what is done where it has none. Pure: events with their instant in, the next state
 * and commands out. What LiveKit tells of a room may come late, twice, in another order or not at all, so presences are
 * told apart by their SID, and a list of who is there corrects all of it.
 */
export interface CallWatch {
  /** The highest generation that is known to have been dispatched. */
  readonly generation: number;
  readonly humans: ReadonlySet<string>;
  readonly agents: ReadonlySet<string>;
  /** Presences that ended: news of their joining that comes later is old. */
  readonly gone: readonly string[];
  /** Instants of our own further dispatches within the last minute. */
  readonly dispatchedAtMs: readonly number[];
  readonly phase: WatchPhase;
}

export type WatchPhase =
  /** A room that was found: until its people are listed, somebody who joins may have an agent there already. */
  | { readonly kind: 'unseen' }
  /** An agent is on its way. */
  | {
      readonly kind: 'awaiting';
      readonly sinceMs: number;
      /** Until when the last sign of it is believed. */
      readonly againAtMs: number;
      readonly hasDispatchedAgain: boolean;
      readonly why: 'opened' | 'caller_waits' | 'agent_left';
    }
  | { readonly kind: 'attended' }
  /** No agent, and nobody who would miss one. An agent that left because no caller came is no fault. */
  | { readonly kind: 'vacant' }
  /** A caller waits, and was told why nobody comes. */
  | { readonly kind: 'unattended'; readonly cause: CallNoticeCause };

export type WatchEvent =
  | { readonly type: 'personJoined'; readonly person: Person }
  | { readonly type: 'personLeft'; readonly sid: string }
  /** Everybody who is there now. */
  | { readonly type: 'peopleListed'; readonly people: readonly Person[] }
  | { readonly type: 'agentDispatched'; readonly generation: number }
  /** A worker has the job and won the seat. */
  | { readonly type: 'seatClaimed'; readonly generation: number }
  | { readonly type: 'workerCameFree' }
  /** The process of the agent that is there says nothing any more, while others do: it stands still. */
  | { readonly type: 'workerLost' }
  | { readonly type: 'woke' };

export type WatchCommand =
  /** `resumes`: the caller had an agent, and lost it. */
  | { readonly type: 'dispatchAgain'; readonly generation: number; readonly resumes: boolean }
  | { readonly type: 'notify'; readonly cause: CallNoticeCause };

export interface WatchStep {
  readonly watch: CallWatch;
  readonly commands: readonly WatchCommand[];
}

interface Now {
  readonly nowMs: number;
  readonly supply: WorkerSupply;
}

/** How long a dispatch alone is believed, in ms: livekit-server drops one that no worker takes, and tells nobody. */
const DISPATCH_TRUST_MS = 3_000;
/** How long a claim is believed, in ms: its worker lives, and a process that takes many calls at once joins a few at a time. */
const CLAIM_TRUST_MS = 5_000;
/** When the caller is told, in ms: early enough that the page has it within 8 s of the first dispatch. */
export const NOTIFY_AFTER_MS = 7_000;
/** Further dispatches of a call a minute; beyond that its agents die as they come. */
const MAX_DISPATCHES = 4;
const DISPATCH_WINDOW_MS = 60_000;
const KEPT_GONE = 50;

/** A room of which nothing is known yet: whoever is found in it decides what it needs. */
export function foundWatch(): CallWatch {
  return {
    generation: 1,
    humans: new Set(),
    agents: new Set(),
    gone: [],
    dispatchedAtMs: [],
    phase: { kind: 'unseen' },
  };
}

/** A call that was dispatched just now, whatever was known of its room before. */
export function openWatch(nowMs: number, before: CallWatch = foundWatch()): CallWatch {
  if (before.phase.kind !== 'vacant' && before.phase.kind !== 'unseen') return before;
  return { ...before, phase: awaiting('opened', nowMs) };
}

/** When `woke` is due; null where nothing is waited for. */
export function wakeAtMs({ phase }: CallWatch): number | null {
  if (phase.kind !== 'awaiting') return null;
  const notifyAtMs = phase.sinceMs + NOTIFY_AFTER_MS;
  return phase.hasDispatchedAgain ? notifyAtMs : Math.min(notifyAtMs, phase.againAtMs);
}

/** The one door: what an event makes of a watch. */
export function stepWatch(watch: CallWatch, event: WatchEvent, now: Now): WatchStep {
  switch (event.type) {
    case 'personJoined':
      return peopleChanged(watch, joined(watch, event.person), now);
    case 'personLeft':
      return peopleChanged(watch, left(watch, event.sid), now);
    case 'peopleListed': {
      const before = watch.phase.kind === 'unseen' ? seenEmpty(watch) : watch;
      return peopleChanged(before, listed(before, event.people), now);
    }
    case 'agentDispatched':
      return still(promised(watch, event.generation, now.nowMs + DISPATCH_TRUST_MS));
    case 'seatClaimed':
      return still(promised(watch, event.generation, now.nowMs + CLAIM_TRUST_MS));
    case 'workerCameFree': {
      const isWanted = watch.phase.kind === 'unattended' && ['no_worker', 'full'].includes(watch.phase.cause);
      return isWanted ? dispatchAgain(watch, 'caller_waits', now) : still(watch);
    }
    case 'workerLost':
      return replaced(watch, now);
    case 'woke':
      return woke(watch, now);
  }
}

/** An agent that stands still is as good as gone; its successor, under the same identity, puts it out of the room. */
function replaced(watch: CallWatch, now: Now): WatchStep {
  if (watch.phase.kind !== 'attended') return still(watch);
  const without = [...watch.agents].reduce(left, watch);
  if (without.humans.size === 0) return still({ ...without, phase: { kind: 'vacant' } });
  return dispatchAgain(without, 'agent_left', now);
}

function joined(watch: CallWatch, { sid, role, generation }: Person): CallWatch {
  if (watch.gone.includes(sid)) return watch;
  if (role === 'human') return { ...watch, humans: new Set([...watch.humans, sid]) };
  if (role === 'agent')
    return { ...withGeneration(watch, generation), agents: new Set([...watch.agents, sid]) };
  return watch;
}

function left(watch: CallWatch, sid: string): CallWatch {
  const without = (sids: ReadonlySet<string>) => new Set([...sids].filter((other) => other !== sid));
  const gone = [...watch.gone.filter((other) => other !== sid), sid].slice(-KEPT_GONE);
  return { ...watch, gone, humans: without(watch.humans), agents: without(watch.agents) };
}

function listed(watch: CallWatch, people: readonly Person[]): CallWatch {
  return people.reduce<CallWatch>(joined, { ...watch, humans: new Set(), agents: new Set() });
}

/** As if nobody had been there: whoever is listed now is new. */
function seenEmpty(watch: CallWatch): CallWatch {
  return { ...watch, humans: new Set(), agents: new Set(), phase: { kind: 'vacant' } };
}

/** What follows from who is there now and was there before. */
function peopleChanged(before: CallWatch, after: CallWatch, now: Now): WatchStep {
  if (after.agents.size > 0) return still({ ...after, phase: { kind: 'attended' } });
  const hadAgent = before.agents.size > 0;
  const hasNewHuman = [...after.humans].some((sid) => !before.humans.has(sid));
  if (hadAgent)
    return still({
      ...after,
      phase: after.humans.size > 0 ? awaiting('agent_left', now.nowMs) : { kind: 'vacant' },
    });
  switch (after.phase.kind) {
    case 'awaiting':
    case 'unseen':
      return still(after);
    case 'vacant':
      return hasNewHuman ? dispatchAgain(after, 'caller_waits', now) : still(after);
    case 'unattended':
      if (hasNewHuman) return dispatchAgain(after, 'caller_waits', now);
      return still(after.humans.size === 0 ? { ...after, phase: { kind: 'vacant' } } : after);
    case 'attended':
      // Only its agents make a call attended, and they were looked for above.
      return still({ ...after, phase: { kind: 'vacant' } });
  }
}

function woke(watch: CallWatch, now: Now): WatchStep {
  const { phase } = watch;
  const dueAtMs = wakeAtMs(watch);
  if (phase.kind !== 'awaiting' || dueAtMs === null || now.nowMs < dueAtMs) return still(watch);
  // A token's caller may still come; anybody else who was missing an agent has left.
  if (watch.humans.size === 0 && phase.why !== 'opened')
    return still({ ...watch, phase: { kind: 'vacant' } });
  if (now.nowMs >= phase.sinceMs + NOTIFY_AFTER_MS) return giveUp(watch, phase.why === 'agent_left', now);
  const step = dispatchAgain(watch, phase.why, now);
  if (step.watch.phase.kind !== 'awaiting') return step;
  const again = { ...step.watch.phase, sinceMs: phase.sinceMs, hasDispatchedAgain: true };
  return { ...step, watch: { ...step.watch, phase: again } };
}

/** Dispatches, unless agents have died too often here: then the caller is told so. */
function dispatchAgain(watch: CallWatch, why: 'opened' | 'caller_waits' | 'agent_left', now: Now): WatchStep {
  const recent = watch.dispatchedAtMs.filter((atMs) => now.nowMs - atMs < DISPATCH_WINDOW_MS);
  if (recent.length >= MAX_DISPATCHES) return giveUp({ ...watch, dispatchedAtMs: recent }, true, now);
  const generation = watch.generation + 1;
  return {
    watch: { ...watch, generation, dispatchedAtMs: [...recent, now.nowMs], phase: awaiting(why, now.nowMs) },
    commands: [{ type: 'dispatchAgain', generation, resumes: why === 'agent_left' }],
  };
}

function giveUp(watch: CallWatch, hadAgent: boolean, { supply }: Now): WatchStep {
  const cause = causeOf(supply, hadAgent);
  return { watch: { ...watch, phase: { kind: 'unattended', cause } }, commands: [{ type: 'notify', cause }] };
}

/** The first thing that must be put right. */
function causeOf(supply: WorkerSupply, hadAgent: boolean): CallNoticeCause {
  if (supply.registered === 0) return 'no_worker';
  if (!supply.isAgentKnown) return 'definition_fault';
  if (supply.ready === 0) return 'full';
  return hadAgent ? 'agent_lost' : 'agent_failed';
}

function awaiting(why: 'opened' | 'caller_waits' | 'agent_left', nowMs: number): WatchPhase {
  return {
    kind: 'awaiting',
    sinceMs: nowMs,
    againAtMs: nowMs + DISPATCH_TRUST_MS,
    hasDispatchedAgain: false,
    why,
  };
}

/** A sign that an agent is on its way; one of an older generation is none. */
function promised(watch: CallWatch, generation: number, againAtMs: number): CallWatch {
  const known = withGeneration(watch, generation);
  if (known.phase.kind !== 'awaiting' || generation < watch.generation) return known;
  return { ...known, phase: { ...known.phase, againAtMs } };
}

function withGeneration(watch: CallWatch, generation: number): CallWatch {
  return generation > watch.generation ? { ...watch, generation } : watch;
}

function still(watch: CallWatch): WatchStep {
  return { watch, commands: [] };
}
