import { AgentSession } from '@livekit/protocol';
import type { RecordedTurn, TurnLatency } from '@parley/contracts/call-record';
import type { Conversation } from '@parley/engine/conversation/conversation';
import { timestampOf } from './timestamp.ts';

/** Turns of the record by their id, which is the turn's or the reply's. */
export type TurnsById = ReadonlyMap<string, RecordedTurn>;

export function turnsById(turns: readonly RecordedTurn[]): TurnsById {
  return new Map(turns.map((turn) => [turn.role === 'agent' ? turn.replyId : turn.turnId, turn]));
}

/**
 * What was said in the call, as LiveKit's chat items: turns that had the floor, and replies as far as they were heard.
 * What an earlier process of the call took part in has no times here.
 */
export function chatHistory(
  conversation: Conversation,
  turns: TurnsById,
  startedAtEpochMs: number,
): AgentSession.ChatContext_ChatItem[] {
  return conversation.items.flatMap((item) => {
    if (item.kind === 'overlap') return [];
    const isReply = item.kind === 'reply';
    const id = isReply ? item.replyId : item.turnId;
    const text = isReply ? item.heard : item.text;
    if (text === '') return [];
    const turn = turns.get(id);
    return chatItem({
      id,
      role: isReply ? AgentSession.ChatRole.ASSISTANT : AgentSession.ChatRole.USER,
      text,
      isInterrupted: isReply && item.isInterrupted,
      turn,
      startedAtEpochMs,
    });
  });
}

/** The latest turn of the record as an item. */
export function chatItemOf(turn: RecordedTurn, startedAtEpochMs: number): AgentSession.ChatContext_ChatItem {
  const isReply = turn.role === 'agent';
  return chatItem({
    id: isReply ? turn.replyId : turn.turnId,
    role: isReply ? AgentSession.ChatRole.ASSISTANT : AgentSession.ChatRole.USER,
    text: turn.text,
    isInterrupted: isReply && turn.isInterrupted,
    turn,
    startedAtEpochMs,
  });
}

function chatItem(given: {
  readonly id: string;
  readonly role: AgentSession.ChatRole;
  readonly text: string;
  readonly isInterrupted: boolean;
  readonly turn: RecordedTurn | undefined;
  readonly startedAtEpochMs: number;
}): AgentSession.ChatContext_ChatItem {
  const { id, role, text, isInterrupted: interrupted, turn, startedAtEpochMs } = given;
  const value = new AgentSession.ChatMessage({
    id,
    role,
    interrupted,
    content: [{ payload: { case: 'text', value: text } }],
    ...(turn !== undefined && {
      createdAt: timestampOf(startedAtEpochMs + turn.startedAtMs),
      metrics: metricsOf(turn, startedAtEpochMs),
    }),
  });
  return new AgentSession.ChatContext_ChatItem({ item: { case: 'message', value } });
}

/** In seconds, as LiveKit counts; what was not measured is absent. */
function metricsOf(turn: RecordedTurn, startedAtEpochMs: number) {
  const { startedAtMs, endedAtMs } = turn;
  return {
    startedSpeakingAt: timestampOf(startedAtEpochMs + startedAtMs),
    ...(endedAtMs !== null && { stoppedSpeakingAt: timestampOf(startedAtEpochMs + endedAtMs) }),
    ...(turn.role === 'agent' ? latencyMetrics(turn.latency) : {}),
  };
}

function latencyMetrics(latency: TurnLatency) {
  const seconds = {
    transcriptionDelay: latency.sttFinalMs,
    endOfTurnDelay: latency.endOfTurnMs,
    llmNodeTtft: latency.llmFirstTokenMs,
    ttsNodeTtfb: latency.ttsFirstByteMs,
    e2eLatency: latency.voiceToVoiceMs,
  };
  return Object.fromEntries(
    Object.entries(seconds).flatMap(([name, ms]) => (ms === null ? [] : [[name, ms / 1000]])),
  );
}
