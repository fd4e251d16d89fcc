import type { EndReason, JournalHeader, JournalLine } from '@parley/contracts/call-event';
import { MAIN_SEAT } from '@parley/contracts/ids';
import { type CallRecord, withMoment } from './call-record.ts';
import { forgetDraft } from './ear-trace.ts';
import { add } from './newest-first.ts';
import { onCommand } from './on-command.ts';
import { onEvent } from './on-event.ts';
import { readLine } from './read-line.ts';
import { closeReply } from './reply-trace.ts';
import { leaveTools } from './tool-trace.ts';
import { unfinishedTurns } from './unanswered.ts';

/**
 * Adds the header of a generation's journal, before its lines. Generations are folded in their order, each to its end:
 * where the rest of an earlier one comes late, the call is folded anew. A header that is known, or is of an earlier
 * generation or another seat, changes nothing.
 */
export function foldHeader(record: CallRecord, header: JournalHeader): CallRecord {
  if (header.seat !== MAIN_SEAT) return record;
  const before = record.header;
  if (before === null) return { ...record, header };
  if (header.generation <= before.generation) return record;
  const lost = loseProcess(record, before.generation);
  return { ...lost, header, nextSeq: 0, isResuming: true, ended: null };
}

/**
 * Adds a line. Lines that are known, come before their header, are of another seat or generation, or say nothing that
 * this version knows, change nothing that can be seen; none throws.
 */
export function foldRecord(record: CallRecord, line: JournalLine): CallRecord {
  const { header, nextSeq } = record;
  if (header === null || line.seat !== MAIN_SEAT || line.generation !== header.generation) return record;
  if (line.seq < nextSeq) return record;
  const read = readLine(line);
  const atMs = Math.max(record.lastAtMs, Math.round(line.atMs));
  const counted = { ...record, nextSeq: line.seq + 1, lastAtMs: atMs };
  if (line.line === 'command')
    return read?.line === 'command' ? onCommand(counted, read.command, atMs) : counted;
  const stepped = resumed({ ...counted, stepType: line.type });
  return read?.line === 'event' ? onEvent(stepped, read.event, atMs) : stepped;
}

/** Ends a call whose process died and that no other process goes on with. A call that has ended stays as it is. */
export function endRecord(
  record: CallRecord,
  end: { readonly atMs: number; readonly reason: EndReason },
): CallRecord {
  if (record.ended !== null) return record;
  const lost = record.header === null ? record : loseProcess(record, record.header.generation);
  return { ...lost, ended: { ...end, atMs: Math.max(record.lastAtMs, Math.round(end.atMs)) } };
}

/** What was under way when a process died ends with its last line. */
function loseProcess(record: CallRecord, generation: number): CallRecord {
  const atMs = record.lastAtMs;
  const isInterrupted = record.reply?.isStopping ?? false;
  const closed = leaveTools(closeReply(record, { atMs, isInterrupted }));
  const said = unfinishedTurns(record).reduce<CallRecord['said']>(add, closed.said);
  const ears = new Map([...record.ears].map(([id, ear]) => [id, forgetDraft(ear)]));
  const label = `process ${generation}`;
  return withMoment({ ...closed, guess: null, said, ears }, { atMs, kind: 'agent_lost', label });
}

function resumed(record: CallRecord): CallRecord {
  const { isResuming, lastAtMs: atMs, header } = record;
  if (!isResuming || header === null) return record;
  const label = `process ${header.generation}`;
  return withMoment({ ...record, isResuming: false }, { atMs, kind: 'agent_resumed', label });
}
