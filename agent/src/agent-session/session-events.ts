import { AgentSession } from '@livekit/protocol';
import type { CallCommand, CallEvent } from '@parley/contracts/call-event';
import type { ParticipantId } from '@parley/contracts/ids';
import type { AgentState } from '@parley/contracts/room-protocol';

export type SessionEvent = NonNullable<AgentSession.AgentSessionEvent['event']>;

/** What the two sides of a session are doing. */
export interface SessionState {
  readonly agent: AgentSession.AgentState;
  readonly user: AgentSession.UserState;
}

export const FIRST_STATE: SessionState = {
  agent: AgentSession.AgentState.AS_INITIALIZING,
  user: AgentSession.UserState.US_LISTENING,
};

/** What a step makes of both sides' states; `caller` is the one whose speech counts. */
export function stateAfter(
  state: SessionState,
  event: CallEvent,
  commands: readonly CallCommand[],
  caller: ParticipantId | null,
): SessionState {
  const told = commands.findLast((command) => command.type === 'setAgentState');
  return {
    agent: told === undefined ? state.agent : AGENT_STATE[told.data.state],
    user: userState(state.user, event, caller),
  };
}

function userState(
  before: AgentSession.UserState,
  event: CallEvent,
  caller: ParticipantId | null,
): AgentSession.UserState {
  const { US_LISTENING, US_SPEAKING, US_AWAY } = AgentSession.UserState;
  switch (event.type) {
    case 'vadSpeechStarted':
    case 'sttSpeechStarted':
      return event.data.participantId === caller ? US_SPEAKING : before;
    case 'vadSpeechEnded':
    case 'sttSpeechEnded':
      return event.data.participantId === caller ? US_LISTENING : before;
    case 'participantJoined':
      return event.data.participantId === caller ? US_LISTENING : before;
    case 'participantLeft':
      return event.data.participantId === caller ? US_AWAY : before;
    default:
      return before;
  }
}

/** The events of a change of states. */
export function stateEvents(before: SessionState, now: SessionState): SessionEvent[] {
  const events: SessionEvent[] = [];
  if (now.agent !== before.agent) {
    const value = { oldState: before.agent, newState: now.agent };
    events.push({
      case: 'agentStateChanged',
      value: new AgentSession.AgentSessionEvent_AgentStateChanged(value),
    });
  }
  if (now.user !== before.user) {
    const value = { oldState: before.user, newState: now.user };
    events.push({
      case: 'userStateChanged',
      value: new AgentSession.AgentSessionEvent_UserStateChanged(value),
    });
  }
  return events;
}

/** What a step tells beside states, items and usage. */
export function stepEvents(event: CallEvent, commands: readonly CallCommand[]): SessionEvent[] {
  const failed = FAILED_STAGE[event.type];
  const events: SessionEvent[] = [];
  if (failed !== undefined) {
    const value = new AgentSession.AgentSessionEvent_Error({ message: `${failed} failed` });
    events.push({ case: 'error', value });
  }
  for (const command of commands) {
    if (command.type !== 'captionUser') continue;
    const { text: transcript, isFinal } = command.data;
    const value = new AgentSession.AgentSessionEvent_UserInputTranscribed({ transcript, isFinal });
    events.push({ case: 'userInputTranscribed', value });
  }
  return events;
}

const AGENT_STATE: Readonly<Record<AgentState, AgentSession.AgentState>> = {
  initializing: AgentSession.AgentState.AS_INITIALIZING,
  idle: AgentSession.AgentState.AS_IDLE,
  listening: AgentSession.AgentState.AS_LISTENING,
  thinking: AgentSession.AgentState.AS_THINKING,
  speaking: AgentSession.AgentState.AS_SPEAKING,
};

/** What failed, for people outside: a vendor's own words may hold what is none of theirs. */
const FAILED_STAGE: Partial<Record<CallEvent['type'], string>> = {
  sttFailed: 'speech recognition',
  llmFailed: 'the model',
  ttsFailed: 'the voice',
  pipelineFailed: 'a stage of the call',
};
