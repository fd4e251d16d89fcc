import type { RecordedTurn, WordMark } from '@parley/contracts/call-record';
import type { ReplyId, TurnId } from '@parley/contracts/ids';
import { joinSegments } from '../reply/join-segments.ts';
import type { AskedTool } from './asked-tool.ts';
import type { CommittedTurn } from './committed-turn.ts';
import type { Transport } from './ear-trace.ts';
import { latencyOf } from './latency.ts';
import { add, inOrder, type NewestFirst } from './newest-first.ts';

/** What is known of a reply while it is open. Instants are on the call clock. */
export interface OpenReply {
  readonly replyId: ReplyId;
  /** The turn that it answers. */
  readonly answers: TurnId | null;
  /** That turn, where the time from it on is the time that the answer took. */
  readonly measuredFrom: CommittedTurn | null;
  readonly isSpeculated: boolean;
  /** All that the voice was given, as it is written. */
  readonly given: string;
  /** The beginning of it that was heard. */
  readonly heard: string;
  readonly marks: NewestFirst<WordMark>;
  readonly firstTextAtMs: number | null;
  /** The voice made its first sound, which nobody heard yet. */
  readonly firstSoundAtMs: number | null;
  readonly startedAtMs: number | null;
  /** As measured last before the first sound, or first after it. */
  readonly transport: Transport | null;
  /** Since when the engine has wanted it held. */
  readonly heldSinceMs: number | null;
  /** Since when nothing of it sounds, though it did. */
  readonly quietSinceMs: number | null;
  readonly isStopping: boolean;
  /** Tools of the call itself that wait for the guess to come true. */
  readonly toolCalls: readonly AskedTool[];
}

export function openReplyTrace(replyId: ReplyId): OpenReply {
  return {
    replyId,
    answers: null,
    measuredFrom: null,
    isSpeculated: false,
    given: '',
    heard: '',
    marks: null,
    firstTextAtMs: null,
    firstSoundAtMs: null,
    startedAtMs: null,
    transport: null,
    heldSinceMs: null,
    quietSinceMs: null,
    isStopping: false,
    toolCalls: [],
  };
}

/** The voice was given another segment. */
export function give(reply: OpenReply, text: string): OpenReply {
  return { ...reply, given: joinSegments([reply.given, text]) };
}

/** More of it was heard. What is told of a reply that has fallen silent was heard before. */
export function hearMore(reply: OpenReply, delta: string, atMs: number): OpenReply {
  const heard = reply.heard + delta;
  const mark = { charEnd: heard.length, atMs: reply.quietSinceMs ?? atMs };
  return { ...reply, heard, marks: add(reply.marks, mark), startedAtMs: reply.startedAtMs ?? atMs };
}

/** The reply as a turn of the record; null where no word of it was heard: it was never said. */
export function agentTurnOf(
  reply: OpenReply,
  end: { readonly atMs: number; readonly isInterrupted: boolean } | null,
): RecordedTurn | null {
  const { startedAtMs, replyId, heard } = reply;
  if (startedAtMs === null || heard === '') return null;
  return {
    role: 'agent',
    replyId,
    answers: reply.answers,
    startedAtMs,
    endedAtMs: end === null ? null : Math.max(startedAtMs, reply.quietSinceMs ?? end.atMs),
    text: heard,
    unheard: end === null ? '' : reply.given.slice(heard.length).trim(),
    isInterrupted: end?.isInterrupted ?? false,
    marks: inOrder(reply.marks),
    areMarksEstimated: false,
    latency: latencyOf({ ...reply, startedAtMs }),
  };
}
