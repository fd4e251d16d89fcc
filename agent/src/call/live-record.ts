import {
  CALL_EVENT_VERSION,
  type CallCommand,
  type CallEvent,
  type JournalHeader,
} from '@parley/contracts/call-event';
import { type CallRecord, EMPTY_RECORD } from '@parley/engine/record/call-record';
import { foldHeader, foldRecord } from '@parley/engine/record/fold-record';

/** The record of a call while it goes on, by the same folding as the one that is kept of it. */
export interface LiveRecord {
  readonly header: JournalHeader;
  readonly now: CallRecord;
  /** Adds a step: an event with the commands that answer it. */
  append(event: CallEvent, commands: readonly CallCommand[]): void;
}

/**
 * `header`: of this generation's journal; what earlier ones said is not in it. `seen` is given the record after each
 * step.
 */
export function createLiveRecord(
  header: JournalHeader,
  seen: (record: CallRecord) => void = () => {},
): LiveRecord {
  const { callId, seat, generation } = header;
  let record = foldHeader(EMPTY_RECORD, header);
  let seq = 0;
  const add = (line: 'event' | 'command', atMs: number, { type, data }: CallEvent | CallCommand) => {
    record = foldRecord(record, {
      line,
      v: CALL_EVENT_VERSION,
      callId,
      seat,
      generation,
      seq,
      atMs,
      type,
      data,
    });
    seq += 1;
  };
  return {
    header,
    get now() {
      return record;
    },
    append(event, commands) {
      add('event', event.atMs, event);
      for (const command of commands) add('command', event.atMs, command);
      seen(record);
    },
  };
}
