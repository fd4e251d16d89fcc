import { AgentSession } from '@livekit/protocol';
import type { CallCommand, CallEvent } from '@parley/contracts/call-event';
import type { RecordedTurn } from '@parley/contracts/call-record';
import type { ParticipantId } from '@parley/contracts/ids';
import type { Conversation } from '@parley/engine/conversation/conversation';
import type { CallRecord } from '@parley/engine/record/call-record';
import { addedSince } from '@parley/engine/record/newest-first';
import { callRecordOf } from '@parley/engine/record/recorded-call';
import type { Logger } from 'pino';
import { answerRequest } from './answer-request.ts';
import { chatHistory, chatItemOf, turnsById } from './chat-items.ts';
import { FIRST_STATE, type SessionEvent, stateAfter, stateEvents, stepEvents } from './session-events.ts';
import { timestampOf } from './timestamp.ts';
import { createUsageTally } from './usage-tally.ts';

/**
 * The call as LiveKit's debug clients see it on the topic `lk.agent.session`: events as they happen, and answers to what
 * is asked. Only the linked caller is told, who is the one that came first, for the whole of the call; and of the agent
 * neither its instructions nor its tools.
 */
export interface CallSession {
  /** Takes a step of the call, with the record and the conversation after it. */
  step(event: CallEvent, commands: readonly CallCommand[], after: AfterStep): void;
  /** Takes a participant's message, as bytes of `AgentSessionMessage`. */
  take(participantId: ParticipantId, bytes: Uint8Array): void;
}

export interface AfterStep {
  readonly record: CallRecord;
  readonly conversation: Conversation;
}

export function createCallSession(options: {
  /** The agent's name. */
  readonly agent: string;
  /** Wall clock at 0 of the call clock. */
  readonly startedAtEpochMs: number;
  readonly version: string;
  readonly send: (participantId: ParticipantId, bytes: Uint8Array) => void;
  readonly log: Logger;
}): CallSession {
  const { agent, startedAtEpochMs, version, send, log } = options;
  const usage = createUsageTally();
  let state = FIRST_STATE;
  let after: AfterStep | null = null;
  /** Whose call it is: who came first. */
  let caller: ParticipantId | null = null;
  let hasRefused = false;

  const tell = (event: SessionEvent, atMs: number) => {
    if (caller === null) return;
    const createdAt = timestampOf(startedAtEpochMs + atMs);
    const value = new AgentSession.AgentSessionEvent({ createdAt, event });
    send(caller, new AgentSession.AgentSessionMessage({ message: { case: 'event', value } }).toBinary());
  };

  const tellItem = (turn: RecordedTurn, atMs: number) => {
    if (turn.text === '') return;
    const item = chatItemOf(turn, startedAtEpochMs);
    const value = new AgentSession.AgentSessionEvent_ConversationItemAdded({ item });
    tell({ case: 'conversationItemAdded', value }, atMs);
    if (turn.role === 'caller') return;
    const counted = new AgentSession.AgentSessionEvent_SessionUsageUpdated({ usage: usage.message() });
    tell({ case: 'sessionUsageUpdated', value: counted }, atMs);
  };

  const history = () => {
    if (after === null) return [];
    const turns = callRecordOf(after.record)?.turns ?? [];
    return chatHistory(after.conversation, turnsById(turns), startedAtEpochMs);
  };

  return {
    step(event, commands, now) {
      caller = now.record.caller?.participantId ?? null;
      if (event.type === 'usageCounted') usage.add(event.data);
      const next = stateAfter(state, event, commands, caller);
      for (const change of stateEvents(state, next)) tell(change, event.atMs);
      state = next;
      for (const told of stepEvents(event, commands)) tell(told, event.atMs);
      for (const turn of addedSince(now.record.said, after?.record.said ?? null)) tellItem(turn, event.atMs);
      after = now;
    },
    take(participantId, bytes) {
      const message = parse(bytes);
      // An answer or event of somebody else's is none of ours; clients know only of requests to an agent.
      if (message?.message.case !== 'request') return;
      if (participantId !== caller) {
        if (!hasRefused)
          log.warn(
            { personal: { participantId } },
            'somebody who is not the linked caller asks for the session',
          );
        hasRefused = true;
        return;
      }
      const value = answerRequest(message.message.value, {
        agent,
        version,
        startedAt: timestampOf(startedAtEpochMs),
        state: () => state,
        usage: usage.message,
        history,
      });
      send(
        participantId,
        new AgentSession.AgentSessionMessage({ message: { case: 'response', value } }).toBinary(),
      );
    },
  };
}

function parse(bytes: Uint8Array): AgentSession.AgentSessionMessage | null {
  try {
    return AgentSession.AgentSessionMessage.fromBinary(bytes);
  } catch {
    // No message of this protocol.
    return null;
  }
}
