import type { CallEvent } from '@parley/contracts/call-event';
import { reduceCall } from '@parley/engine/call/reduce';
import { type CallState, initialCallState } from '@parley/engine/call/state';
import type { ReplyPhase } from '@parley/engine/reply/reply';
import type { Hearing } from '@parley/engine/turn/ear';
import type { PlayedCall } from './seeded-calls.ts';

/** What a phase is, in a few words, in the order of the picture. The compiler wants each phase of the engine here. */
export const EAR_PHASES: Readonly<Record<Hearing['phase'], string>> = {
  quiet: 'nobody speaks into this ear',
  speaking: 'speaks within a turn',
  pausing: 'is silent within a turn',
  ignoring: 'speaks over a half-duplex agent',
};
export const REPLY_PHASES: Readonly<Record<ReplyPhase['phase'], string>> = {
  speculating: 'made on a guess, held',
  preparing: 'wanted, no sound yet',
  sounding: 'can be heard',
  held: 'silenced, reversibly',
  stopping: 'cut, waits to be told what was heard',
};

/** Before the first phase and after the last one. */
export const OUTSIDE = '[*]';

/** From phase to phase, and the types of the events that did it; `deadline` where time did. */
export type Transitions = ReadonlyMap<string, ReadonlyMap<string, ReadonlySet<string>>>;

/** Every way from phase to phase that these calls took, of ears and of replies. The end of a call counts as none. */
export function observePhases(calls: readonly PlayedCall[]): {
  readonly ears: Transitions;
  readonly replies: Transitions;
} {
  const ears = new Map<string, Map<string, Set<string>>>();
  const replies = new Map<string, Map<string, Set<string>>>();
  for (const { settings, events } of calls) {
    let state = initialCallState(settings);
    const reduce = (event: CallEvent) => {
      const next = reduceCall(state, event).state;
      const cause = event.type === 'woke' ? 'deadline' : event.type;
      if (next.call.phase !== 'ended') {
        note(ears, earPhases(state), earPhases(next), cause);
        note(replies, replyPhases(state), replyPhases(next), cause);
      }
      state = next;
    };
    for (const event of events) {
      // What is due at the very instant of an event is due by its deadline, not by the event.
      reduce({ type: 'woke', atMs: event.atMs, data: {} });
      reduce(event);
    }
  }
  return { ears, replies };
}

type Phases = ReadonlyMap<string, string>;

function earPhases({ ears }: CallState): Phases {
  return new Map(Object.values(ears).map(({ participantId, hearing }) => [participantId, hearing.phase]));
}

function replyPhases({ replies }: CallState): Phases {
  return new Map(Object.values(replies).map(({ replyId, phase }) => [replyId, phase.phase]));
}

function note(
  into: Map<string, Map<string, Set<string>>>,
  before: Phases,
  after: Phases,
  cause: string,
): void {
  for (const id of new Set([...before.keys(), ...after.keys()])) {
    const from = before.get(id) ?? OUTSIDE;
    const to = after.get(id) ?? OUTSIDE;
    if (from === to) continue;
    const ways = into.get(from) ?? new Map<string, Set<string>>();
    into.set(from, ways.set(to, (ways.get(to) ?? new Set()).add(cause)));
  }
}
