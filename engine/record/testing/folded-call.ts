import {
  type CallEvent,
  type JournalHeader,
  type JournalLine,
  journalHeaderSchema,
  journalLineSchema,
} from '@parley/contracts/call-event';
import type { CallSettings } from '../../call/settings.ts';
import type { VirtualCall } from '../../call/testing/virtual-call.ts';
import { journalLines } from '../../replay/testing/journal-text.ts';
import { type CallRecord, EMPTY_RECORD } from '../call-record.ts';
import { foldHeader, foldRecord } from '../fold-record.ts';
import { callRecordOf, type RecordedCall } from '../recorded-call.ts';

/** The journal of one generation. */
export interface TestJournal {
  readonly header: JournalHeader;
  readonly lines: readonly JournalLine[];
}

/** The journal that a call with these events leaves. */
export function journalOf(settings: CallSettings, events: readonly CallEvent[]): TestJournal {
  const [header, ...lines] = journalLines(settings, events).map((line): unknown => JSON.parse(line));
  return {
    header: journalHeaderSchema.parse(header),
    lines: lines.map((line) => journalLineSchema.parse(line)),
  };
}

export function fold(journals: readonly TestJournal[], from: CallRecord = EMPTY_RECORD): CallRecord {
  return journals.reduce(
    (record, { header, lines }) => lines.reduce(foldRecord, foldHeader(record, header)),
    from,
  );
}

export function read(record: CallRecord): RecordedCall {
  const call = callRecordOf(record);
  if (call === null) throw new Error('no header was folded');
  return call;
}

/** The record of a call in virtual time, as far as it went. */
export function recordOf(call: VirtualCall): CallRecord {
  return fold([journalOf(call.state.settings, call.events)]);
}

export function callerTurns(call: VirtualCall) {
  return read(recordOf(call)).turns.filter((turn) => turn.role === 'caller');
}

export function agentTurns(call: VirtualCall) {
  return read(recordOf(call)).turns.filter((turn) => turn.role === 'agent');
}
