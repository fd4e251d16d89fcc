import type { CallDetail, CallMoment, RecordedTurn, ToolCallRecord } from '@parley/contracts/call-record';
import { turnKey } from './turn-key.ts';

/** One line of what happened in a call. */
export type TimelineEntry =
  | { readonly kind: 'turn'; readonly atMs: number; readonly turn: RecordedTurn }
  | { readonly kind: 'tool'; readonly atMs: number; readonly tool: ToolCallRecord }
  | { readonly kind: 'moment'; readonly atMs: number; readonly moment: CallMoment };

/** Told elsewhere: in the answer that was cut, and with the tool. */
const TOLD_ELSEWHERE: readonly CallMoment['kind'][] = ['interrupted', 'tool_started', 'tool_finished'];

/** What was said, done and noted, in the order in which it began. */
export function timelineOf({
  turns,
  toolCalls,
  moments,
}: Pick<CallDetail, 'turns' | 'toolCalls' | 'moments'>): readonly TimelineEntry[] {
  const entries: TimelineEntry[] = [
    ...moments
      .filter(({ kind }) => !TOLD_ELSEWHERE.includes(kind))
      .map((moment) => ({ kind: 'moment', atMs: moment.atMs, moment }) as const),
    ...turns.map((turn) => ({ kind: 'turn', atMs: turn.startedAtMs, turn }) as const),
    ...toolCalls.map((tool) => ({ kind: 'tool', atMs: tool.startedAtMs, tool }) as const),
  ];
  return entries.sort((one, other) => one.atMs - other.atMs);
}

/** The instants at which the agent was interrupted: as noted, else the ends of the answers that were cut. */
export function interruptionsOf({
  turns,
  moments,
}: Pick<CallDetail, 'turns' | 'moments'>): readonly number[] {
  const noted = moments.filter(({ kind }) => kind === 'interrupted').map(({ atMs }) => atMs);
  if (noted.length > 0) return [...new Set(noted)];
  return turns.flatMap((turn) =>
    turn.role === 'agent' && turn.isInterrupted && turn.endedAtMs !== null ? [turn.endedAtMs] : [],
  );
}

/** The turns with one that was just said, or is told anew. */
export function withTurn(turns: readonly RecordedTurn[], turn: RecordedTurn): RecordedTurn[] {
  const key = turnKey(turn);
  const others = turns.filter((one) => turnKey(one) !== key);
  return [...others, turn].sort((one, other) => one.startedAtMs - other.startedAtMs);
}
