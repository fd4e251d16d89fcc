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
import { inOrder } from './newest-first.ts';
import { agentTurnOf } from './open-reply.ts';
import { unansweredSpeech } from './unanswered.ts';

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
  const turns = turnsOf(record);
  const createdAtMs = Math.round(header.startedAtEpochMs);
  const wallClock = (atMs: number) => createdAtMs + atMs;
  return {
    facts: {
      state: ended !== null ? 'ended' : answeredAtMs === null ? 'waiting' : 'active',
      channel: caller?.channel ?? 'web',
      agent: header.agent,
      agentVersion: header.agentVersion,
      roomName: header.roomName,
      caller: caller === null ? null : caller.name || caller.participantId,
      createdAtMs,
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

/** A turn and its place among the turns of its call, from 0. */
export interface PlacedTurn {
  readonly position: number;
  readonly turn: RecordedTurn;
}

/**
 * What must be written where `before` is stored: turns that are new, changed, or have another place, since what was
 * begun earlier may be over later. Whatever is stored at `after.turns.length` and behind it must go. Cheap where `after`
 * was folded from what `before` was read from, and every turn where it was not.
 */
export function changedTurns(before: RecordedCall | null, after: RecordedCall): PlacedTurn[] {
  return after.turns.flatMap((turn, position) =>
    before?.turns[position] === turn ? [] : [{ position, turn }],
  );
}

function turnsOf(record: CallRecord): RecordedTurn[] {
  const { reply, ended } = record;
  const open = reply === null ? null : agentTurnOf(reply, null);
  const unanswered = ended === null ? [] : unansweredSpeech(record);
  return [...inOrder(record.said), ...unanswered, ...(open === null ? [] : [open])].sort(byBeginning);
}

function byBeginning(a: { readonly startedAtMs: number }, b: { readonly startedAtMs: number }): number {
  return a.startedAtMs - b.startedAtMs;
}
