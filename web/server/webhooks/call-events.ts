import type { CallSummary, RecordedTurn } from '@parley/contracts/call-record';
import {
  MAX_WEBHOOK_TEXT_LENGTH,
  type WebhookEventType,
  type WebhookMessage,
  type WebhookTurn,
} from '@parley/contracts/webhooks';
import { isoOf } from '../runtime/clock.ts';

/** Something that receivers are told of a call. */
export interface CallTold {
  /** Tells it apart from everything else of the call. */
  readonly key: string;
  readonly atMs: number;
  readonly message: WebhookMessage & { readonly type: WebhookEventType };
}

/** What a change of a call's rows is told as, in order of time: nothing twice, but where its rows were written anew. */
export function callEvents(change: {
  readonly before: { readonly isAnswered: boolean; readonly isEnded: boolean };
  readonly call: CallSummary;
  readonly turns: readonly RecordedTurn[];
  /** Wall clock at 0 of the call clock. */
  readonly startedAtEpochMs: number;
}): readonly CallTold[] {
  const { before, call } = change;
  const told: CallTold[] = [];
  if (call.answeredAtMs !== null && !before.isAnswered)
    told.push(callTold('call.started', call, call.answeredAtMs));
  for (const turn of change.turns) {
    if (turn.endedAtMs === null) continue;
    const atMs = change.startedAtEpochMs + turn.endedAtMs;
    const data = { callId: call.callId, agent: call.agent, turn: webhookTurnOf(turn) };
    const key = `turn ${turn.role === 'caller' ? turn.turnId : turn.replyId}`;
    told.push({ key, atMs, message: { type: 'turn.completed', timestamp: isoOf(atMs), data } });
  }
  if (call.state === 'ended' && !before.isEnded)
    told.push(callTold('call.ended', call, call.endedAtMs ?? call.createdAtMs));
  return told;
}

export function recordingReady(call: CallSummary, atMs: number): CallTold {
  return callTold('recording.ready', call, atMs);
}

function callTold(
  type: 'call.started' | 'call.ended' | 'recording.ready',
  call: CallSummary,
  atMs: number,
): CallTold {
  return { key: type, atMs, message: { type, timestamp: isoOf(atMs), data: { call } } };
}

/** A turn without the marks of its words, and no longer than a message may be. */
function webhookTurnOf(turn: RecordedTurn): WebhookTurn {
  const { marks: _marks, areMarksEstimated: _estimated, ...told } = turn;
  const text = cutText(told.text);
  if (told.role === 'caller') return { ...told, text, isTextCut: text !== told.text };
  const unheard = cutText(told.unheard);
  return { ...told, text, unheard, isTextCut: text !== told.text || unheard !== told.unheard };
}

/** No half of a surrogate pair is left at the end. */
function cutText(text: string): string {
  return text.length <= MAX_WEBHOOK_TEXT_LENGTH
    ? text
    : text.slice(0, MAX_WEBHOOK_TEXT_LENGTH).replace(/[\uD800-\uDBFF]$/, '');
}
