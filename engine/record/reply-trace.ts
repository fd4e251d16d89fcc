import type { ReplyId } from '@parley/contracts/ids';
import type { AskedTool } from './asked-tool.ts';
import { type CallRecord, withMoment } from './call-record.ts';
import type { CommittedTurn } from './committed-turn.ts';
import { add } from './newest-first.ts';
import { agentTurnOf, give, hearMore, type OpenReply, openReplyTrace } from './open-reply.ts';
import { askTool } from './tool-trace.ts';

/** The model was asked: for the answer to the last turn, or on a guess of what the next will be. */
export function beginAnswer(
  record: CallRecord,
  replyId: ReplyId,
  isSpeculated: boolean,
  atMs: number,
): CallRecord {
  if (isSpeculated) {
    const usage = { ...record.usage, speculations: record.usage.speculations + 1 };
    return { ...record, usage, guess: { ...openReplyTrace(replyId), isSpeculated: true } };
  }
  const closed = closeReply(record, { atMs, isInterrupted: true });
  return { ...closed, reply: answering(openReplyTrace(replyId), record.lastTurn) };
}

/** The voice was given a segment; of a reply that the model was not asked for, the first is its beginning. */
export function giveVoice(record: CallRecord, replyId: ReplyId, text: string, atMs: number): CallRecord {
  const answeredAtMs = record.answeredAtMs ?? atMs;
  const known = replyOf(record, replyId);
  if (known !== null) return putReply({ ...record, answeredAtMs }, give(known, text));
  const closed = closeReply(record, { atMs, isInterrupted: true });
  // The rest of an answer, of which the caller has heard the beginning.
  const answers = record.rest?.text === text ? record.rest.turnId : null;
  return { ...closed, answeredAtMs, reply: { ...give(openReplyTrace(replyId), text), answers } };
}

/** Something became known of a reply that is open or made on a guess. */
export function updateReply(
  record: CallRecord,
  replyId: ReplyId,
  change: (reply: OpenReply) => OpenReply,
): CallRecord {
  const reply = replyOf(record, replyId);
  return reply === null ? record : putReply(record, change(reply));
}

export function startSounding(record: CallRecord, replyId: ReplyId, atMs: number): CallRecord {
  return updateReply(record, replyId, (reply) => {
    if (reply.startedAtMs !== null) return reply;
    const caller =
      reply.measuredFrom === null ? undefined : record.ears.get(reply.measuredFrom.participantId);
    return { ...reply, startedAtMs: atMs, transport: caller?.transport ?? null };
  });
}

export function captionReply(record: CallRecord, replyId: ReplyId, delta: string, atMs: number): CallRecord {
  return updateReply(record, replyId, (reply) => hearMore(reply, delta, atMs));
}

/** The model asked for a tool; on a guess nothing is done yet. */
export function onToolAsked(record: CallRecord, replyId: ReplyId, tool: AskedTool, atMs: number): CallRecord {
  const reply = replyOf(record, replyId);
  if (reply === null || reply.isStopping) return record;
  if (reply !== record.guess) return askTool(record, tool, atMs);
  return { ...record, guess: { ...reply, toolCalls: [...reply.toolCalls, tool] } };
}

export function holdReply(record: CallRecord, replyId: ReplyId, atMs: number): CallRecord {
  if (record.reply?.replyId !== replyId) return record;
  return { ...record, reply: { ...record.reply, heldSinceMs: record.reply.heldSinceMs ?? atMs } };
}

/** The reply goes on after a hold; one that was made on a guess is let go and answers the last turn. */
export function resumeReply(record: CallRecord, replyId: ReplyId, atMs: number): CallRecord {
  const { guess, reply, lastTurn, usage } = record;
  if (guess?.replyId === replyId) {
    const closed = closeReply(record, { atMs, isInterrupted: true });
    const released = {
      ...closed,
      guess: null,
      reply: answering({ ...guess, toolCalls: [] }, lastTurn),
      usage: { ...usage, usedSpeculations: usage.usedSpeculations + 1 },
    };
    return guess.toolCalls.reduce<CallRecord>((folded, tool) => askTool(folded, tool, atMs), released);
  }
  if (reply?.replyId !== replyId || reply.heldSinceMs === null) return record;
  const label = `${Math.round(atMs - reply.heldSinceMs)} ms`;
  return withMoment(
    { ...record, reply: { ...reply, heldSinceMs: null } },
    { atMs: reply.heldSinceMs, kind: 'false_hold', label },
  );
}

/** Model and voice are stopped; what was heard of the reply is told afterwards, and nothing of a guess. */
export function abortReply(record: CallRecord, replyId: ReplyId, reason: string, atMs: number): CallRecord {
  const { guess, reply } = record;
  if (guess?.replyId === replyId) return { ...record, guess: null };
  if (reply?.replyId !== replyId) return record;
  const stopping = { ...record, reply: { ...reply, isStopping: true } };
  if (reason !== 'interrupted' || reply.startedAtMs === null) return stopping;
  const label = record.stepType === 'chatReceived' ? 'chat' : 'speech';
  return withMoment(stopping, { atMs, kind: 'interrupted', label });
}

/** The open reply, if any, is over. */
export function closeReply(
  record: CallRecord,
  end: { readonly atMs: number; readonly isInterrupted: boolean },
): CallRecord {
  if (record.reply === null) return record;
  const turn = agentTurnOf(record.reply, end);
  return { ...record, reply: null, said: turn === null ? record.said : add(record.said, turn) };
}

function answering(reply: OpenReply, turn: CommittedTurn | null): OpenReply {
  return { ...reply, answers: turn?.turnId ?? null, measuredFrom: turn };
}

function replyOf({ reply, guess }: CallRecord, replyId: ReplyId): OpenReply | null {
  if (reply?.replyId === replyId) return reply;
  return guess?.replyId === replyId ? guess : null;
}

function putReply(record: CallRecord, reply: OpenReply): CallRecord {
  return record.guess?.replyId === reply.replyId ? { ...record, guess: reply } : { ...record, reply };
}
