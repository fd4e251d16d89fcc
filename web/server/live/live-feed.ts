import type { CallSummary, RecordedTurn } from '@parley/contracts/call-record';
import type { LiveEvent } from '@parley/contracts/calls-api';
import type { CallId } from '@parley/contracts/ids';
import type { CallScope } from '../access/principal.ts';

/** An event with the number that it is called up again by. */
export interface NumberedEvent {
  readonly number: number;
  readonly event: LiveEvent;
}

export interface LiveFeed {
  /** A call's row as it is stored now; what is new in it is told, and nothing where nothing is. */
  callStored(call: CallSummary, ownerKeyId: string | null): void;
  turnsStored(callId: CallId, turns: readonly RecordedTurn[], ownerKeyId: string | null): void;
  /** What is still kept of the call is forgotten with it. */
  callDeleted(callId: CallId, ownerKeyId: string | null): void;
  /** Hears every event of calls in `scope` from now on. Returns how to stop. */
  listen(scope: CallScope, hear: (event: NumberedEvent) => void): () => void;
  /** What was told in `scope` after that number; null where not all of it is kept any more. */
  since(scope: CallScope, number: number): readonly NumberedEvent[] | null;
  /** Of the last event that was told; 0 before the first. */
  lastNumber(): number;
}

/** Events that are kept for who was away for a moment. */
const KEPT_EVENTS = 1_000;
/** Calls of which it is known how they were told last: many more than run at the same time. */
const KEPT_CALLS = 1_000;

/** Tells what becomes of running calls, in this process's memory. */
export function createLiveFeed(): LiveFeed {
  const listeners = new Map<
    symbol,
    { readonly scope: CallScope; readonly hear: (event: NumberedEvent) => void }
  >();
  /** As they were told last. */
  const told = new Map<CallId, string>();
  let kept: readonly (NumberedEvent & { readonly callId: CallId; readonly ownerKeyId: string | null })[] = [];
  let lastNumber = 0;

  const tell = (callId: CallId, ownerKeyId: string | null, event: LiveEvent) => {
    const numbered = { number: ++lastNumber, event, callId, ownerKeyId };
    kept = [...kept.slice(-KEPT_EVENTS + 1), numbered];
    for (const { scope, hear } of listeners.values()) if (isIn(scope, ownerKeyId)) hear(numbered);
  };

  return {
    callStored(call, ownerKeyId) {
      const { callId } = call;
      const before = told.get(callId);
      const now = JSON.stringify(call);
      if (before === now) return;
      told.delete(callId);
      told.set(callId, now);
      const [oldest] = told.keys();
      if (told.size > KEPT_CALLS && oldest !== undefined) told.delete(oldest);
      // A call that was over before this process heard of it is news all the same.
      const type =
        call.state === 'ended' ? 'call.ended' : before === undefined ? 'call.started' : 'call.changed';
      tell(callId, ownerKeyId, { type, data: call });
    },
    turnsStored(callId, turns, ownerKeyId) {
      for (const turn of turns) tell(callId, ownerKeyId, { type: 'turn', data: { callId, turn } });
    },
    callDeleted(callId, ownerKeyId) {
      told.delete(callId);
      kept = kept.filter((event) => event.callId !== callId);
      tell(callId, ownerKeyId, { type: 'call.deleted', data: { callId } });
    },
    listen(scope, hear) {
      const listener = Symbol();
      listeners.set(listener, { scope, hear });
      return () => listeners.delete(listener);
    },
    since(scope, number) {
      const oldest = lastNumber - KEPT_EVENTS + 1;
      if (number > lastNumber || number + 1 < oldest) return null;
      return kept.filter((event) => event.number > number && isIn(scope, event.ownerKeyId));
    },
    lastNumber: () => lastNumber,
  };
}

function isIn(scope: CallScope, ownerKeyId: string | null): boolean {
  return scope.kind === 'every' || (scope.keyId !== null && scope.keyId === ownerKeyId);
}
