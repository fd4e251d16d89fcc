import type { JournalHeader } from '@parley/contracts/call-event';
import type { CallMoment, RecordedTurn } from '@parley/contracts/call-record';
import type { TurnId } from '@parley/contracts/ids';
import { type CallRecord, EMPTY_RECORD } from '@parley/engine/record/call-record';
import { addedSince } from '@parley/engine/record/newest-first';
import { callRecordOf } from '@parley/engine/record/recorded-call';
import type { CallWatch } from '../call/call-watch.ts';
import { type AskedTurn, planTurn, type SpanPlan, type TracedTurn } from './turn-plan.ts';

type SaidTurn = TracedTurn extends infer T ? (T extends TracedTurn ? Omit<T, 'moments'> : never) : never;

/** Takes the trace of a turn. */
export type TellTrace = (header: JournalHeader, plan: SpanPlan) => void;

/** Traces one call: a trace a turn, told when the answer has ended, or when it is certain that none is heard. */
export function createCallTracer(tell: TellTrace, header: JournalHeader): CallWatch {
  let before: CallRecord = EMPTY_RECORD;
  /** Turns that may still be answered, the oldest first. */
  const waiting = new Map<TurnId, AskedTurn>();
  let moments: CallMoment[] = [];
  let isClosed = false;

  const tellTurn = (turn: SaidTurn) => {
    tell(header, planTurn({ ...turn, moments }));
    moments = [];
  };
  /** An answer to a later turn began, or the call is over. */
  const giveUpBefore = (turnId: TurnId | null) => {
    for (const [waitingId, turn] of waiting) {
      if (waitingId === turnId) return;
      waiting.delete(waitingId);
      tellTurn({ ...turn, agent: null });
    }
  };
  const take = (turn: RecordedTurn, { lastTurn }: CallRecord) => {
    if (turn.role === 'caller') {
      const committed = lastTurn?.turnId === turn.turnId ? lastTurn : null;
      waiting.set(turn.turnId, { caller: turn, committed });
      return;
    }
    const asked = turn.answers === null ? undefined : waiting.get(turn.answers);
    if (asked === undefined) return tellTurn({ caller: null, committed: null, agent: turn });
    giveUpBefore(turn.answers);
    waiting.delete(asked.caller.turnId);
    tellTurn({ ...asked, agent: turn });
  };
  return {
    seen(record) {
      if (record.moments !== before.moments) moments.push(...addedSince(record.moments, before.moments));
      if (record.said !== before.said)
        for (const turn of addedSince(record.said, before.said)) take(turn, record);
      before = record;
    },
    playoutWoken() {},
    close() {
      if (isClosed) return;
      isClosed = true;
      const told = new Set(addedSince(before.said, null));
      for (const turn of callRecordOf(before)?.turns ?? []) if (!told.has(turn)) take(turn, before);
      giveUpBefore(null);
    },
  };
}
