import type { CallCommand, CallEvent } from '@parley/contracts/call-event';
import { nextWakeAtMs } from '@parley/engine/call/deadlines';
import { reduceCall } from '@parley/engine/call/reduce';
import type { CallSettings } from '@parley/engine/call/settings';
import { type CallState, initialCallState } from '@parley/engine/call/state';
import type { Clock } from '../runtime/clock.ts';
import type { Journal } from './journal.ts';

/** An event without its time: the driver stamps it with the call clock. */
export type NewCallEvent = CallEvent extends infer E
  ? E extends CallEvent
    ? { readonly type: E['type']; readonly data: E['data'] }
    : never
  : never;

/** Runs the reducer of one call: events in, in order; commands out; woken when it asked to be. */
export interface CallDriver {
  readonly state: CallState;
  send(event: NewCallEvent): void;
  /** No event is taken and no timer runs any more. */
  close(): void;
}

/** `obey` must not throw; what it sends back while it runs is taken after the step is done. */
export function createCallDriver(options: {
  readonly settings: CallSettings;
  readonly clock: Clock;
  readonly journal: Journal;
  /** Is told of each step, when it is written and obeyed. */
  readonly onStep: (event: CallEvent, commands: readonly CallCommand[]) => void;
  readonly obey: (command: CallCommand, state: CallState) => void;
}): CallDriver {
  const { clock, journal, onStep, obey } = options;
  let state = initialCallState(options.settings);
  let cancelWake = () => {};
  let isClosed = false;
  let isStepping = false;
  const waiting: NewCallEvent[] = [];

  const take = (event: NewCallEvent) => {
    const stamped = { ...event, atMs: clock.nowMs() } as CallEvent;
    const next = reduceCall(state, stamped);
    state = next.state;
    journal.append(stamped, next.commands, COMMIT_EVENTS.has(stamped.type) || next.commands.some(isCommit));
    for (const command of next.commands) obey(command, state);
    onStep(stamped, next.commands);
  };
  const send = (event: NewCallEvent) => {
    if (isClosed) return;
    waiting.push(event);
    if (isStepping) return;
    isStepping = true;
    try {
      for (let next = waiting.shift(); next !== undefined && !isClosed; next = waiting.shift()) take(next);
    } finally {
      isStepping = false;
    }
    cancelWake();
    const wakeAtMs = isClosed ? null : nextWakeAtMs(state);
    if (wakeAtMs !== null) cancelWake = clock.at(wakeAtMs, () => send({ type: 'woke', data: {} }));
  };
  return {
    get state() {
      return state;
    },
    send,
    close() {
      isClosed = true;
      cancelWake();
    },
  };
}

/** Commits are made durable and shipped before they are acted on for long; the rest survives the process, not the power. */
function isCommit(command: CallCommand): boolean {
  return command.type === 'recordTurn' || command.type === 'endCall';
}

/** What a tool did stays done, whatever becomes of the call. */
const COMMIT_EVENTS: ReadonlySet<CallEvent['type']> = new Set([
  'llmToolCalled',
  'toolStarted',
  'toolFinished',
]);
