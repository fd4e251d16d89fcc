import type { RecordedTurn } from '@parley/contracts/call-record';
import type { CallRecord } from './call-record.ts';
import { unansweredTurns } from './caller-turn.ts';
import { unfinishedOf } from './ear-trace.ts';
import { inOrder } from './newest-first.ts';

/** What callers were in the middle of saying at the record's last line. */
export function unfinishedTurns({ ears, lastAtMs }: CallRecord): readonly RecordedTurn[] {
  return [...ears].flatMap(([participantId, ear]) => {
    const unfinished = unfinishedOf(ear, lastAtMs);
    return unfinished === null ? [] : unansweredTurns(participantId, [unfinished]);
  });
}

/** What callers have said that no turn was made of. */
export function unansweredSpeech(record: CallRecord): readonly RecordedTurn[] {
  const ended = [...record.ears].flatMap(([participantId, ear]) =>
    unansweredTurns(participantId, inOrder(ear.ended)),
  );
  return [...ended, ...unfinishedTurns(record)];
}
