import { AgentSession } from '@livekit/protocol';
import type { SessionState } from './session-events.ts';

/** What the linked caller may know. */
interface Known {
  readonly agent: string;
  readonly version: string;
  readonly startedAt: { readonly seconds: bigint; readonly nanos: number };
  readonly state: () => SessionState;
  readonly usage: () => AgentSession.AgentSessionUsage;
  readonly history: () => AgentSession.ChatContext_ChatItem[];
}

/** Answers a request of LiveKit's debug clients; one that would change the call is answered by an error. */
export function answerRequest(
  { requestId, request }: AgentSession.SessionRequest,
  known: Known,
): AgentSession.SessionResponse {
  const answer = answerOf(request, known);
  return typeof answer === 'string'
    ? new AgentSession.SessionResponse({ requestId, error: answer })
    : new AgentSession.SessionResponse({ requestId, response: answer });
}

function answerOf(
  request: AgentSession.SessionRequest['request'],
  known: Known,
): AgentSession.SessionResponse['response'] | string {
  switch (request.case) {
    case 'ping':
      return { case: 'pong', value: new AgentSession.SessionResponse_Pong() };
    case 'getChatHistory': {
      const items = known.history();
      return {
        case: 'getChatHistory',
        value: new AgentSession.SessionResponse_GetChatHistoryResponse({ items }),
      };
    }
    case 'getAgentInfo': {
      const value = { id: known.agent, chatCtx: known.history() };
      return {
        case: 'getAgentInfo',
        value: new AgentSession.SessionResponse_GetAgentInfoResponse(value),
      };
    }
    case 'getSessionState': {
      const { agent: agentState, user: userState } = known.state();
      const value = { agentState, userState, agentId: known.agent, createdAt: known.startedAt };
      return {
        case: 'getSessionState',
        value: new AgentSession.SessionResponse_GetSessionStateResponse(value),
      };
    }
    case 'getSessionUsage': {
      const value = { usage: known.usage(), createdAt: known.startedAt };
      return {
        case: 'getSessionUsage',
        value: new AgentSession.SessionResponse_GetSessionUsageResponse(value),
      };
    }
    case 'getFrameworkInfo': {
      const value = { sdk: 'parley', sdkVersion: known.version };
      return {
        case: 'getFrameworkInfo',
        value: new AgentSession.SessionResponse_GetFrameworkInfoResponse(value),
      };
    }
    case 'runInput':
      return 'typed text is taken on the topic lk.chat';
    default:
      return 'this agent does not take this request';
  }
}
