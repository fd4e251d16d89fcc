import type {
  CallMoment,
  CallSummary,
  CallUsage,
  LatencySummary,
  RecordedTurn,
  ToolCallRecord,
} from '@parley/contracts/call-record';
import type { CallRecord } from './call-record.ts';
import { summariseLatency } from './latency.ts';
import { addedSince, inOrder } from './newest-first.ts';
import { agentTurnOf } from './open-reply.ts';

/** What the journals of a call tell of it. */
export interface RecordedCall {
  readonly facts: CallFacts;
  /** By their beginning. */
  readonly turns: readonly RecordedTurn[];
  /** By their beginning. */
  readonly toolCalls: readonly ToolCallRecord[];
  /** By their time. */
  readonly moments: readonly CallMoment[];
  readonly usage: CallUsage;
  readonly latency: LatencySummary;
}

/** Times are wall clock, in ms since 1970 UTC. `durationMs` is from the answer to the end: null without both. */
type CallFacts = Pick<
  CallSummary,
  | 'state'
  | 'channel'
  | 'agent'
  | 'agentVersion'
  | 'roomName'
  | 'caller'
  | 'createdAtMs'
  | 'answeredAtMs'
  | 'endedAtMs'
  | 'durationMs'
  | 'endReason'
  | 'turnCount'
> & { readonly generation: number };

/** Reads a record; null before its header is known. */
export function callRecordOf(record: CallRecord): RecordedCall | null {
  const { header, caller, answeredAtMs, ended } = record;
  if (header === null) return null;
  const turns = [...inOrder(record.said), ...openTurns(record)].sort(byBeginning);
  const wallClock = (atMs: number) => header.startedAtEpochMs + atMs;
  return {
    facts: {
      state: ended !== null ? 'ended' : answeredAtMs === null ? 'waiting' : 'active',
      channel: caller?.channel ?? 'web',
      agent: header.agent,
      agentVersion: header.agentVersion,
      roomName: header.roomName,
      caller: caller === null ? null : caller.name || caller.participantId,
      createdAtMs: header.startedAtEpochMs,
      answeredAtMs: answeredAtMs === null ? null : wallClock(answeredAtMs),
      endedAtMs: ended === null ? null : wallClock(ended.atMs),
      durationMs: ended === null || answeredAtMs === null ? null : ended.atMs - answeredAtMs,
      endReason: ended?.reason ?? null,
      turnCount: turns.length,
      generation: header.generation,
    },
    turns,
    toolCalls: [...inOrder(record.toolCalls), ...record.runningTools.values()].sort(byBeginning),
    moments: inOrder(record.moments).sort((a, b) => a.atMs - b.atMs),
    usage: record.usage,
    latency: summariseLatency(turns),
  };
}

/** The turns of `after` that `before`, from which it was folded, does not have or has otherwise; all where it was not. */
export function changedTurns(before: CallRecord, after: CallRecord): RecordedTurn[] {
  const open = before.reply === after.reply ? [] : openTurns(after);
  return [...addedSince(before.said, after.said), ...open];
}

function openTurns({ reply }: CallRecord): RecordedTurn[] {
  const turn = reply === null ? null : agentTurnOf(reply, null);
  return turn === null ? [] : [turn];
}

function byBeginning(a: { readonly startedAtMs: number }, b: { readonly startedAtMs: number }): number {
  return a.startedAtMs - b.startedAtMs;
}
