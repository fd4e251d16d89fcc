import type { AgentState } from '@parley/contracts/room-protocol';
import type { AccessOutcome } from './access-key.ts';

/** Why an access key did not open the server. */
export type AccessRefusal = Exclude<AccessOutcome, 'accepted'>;

/** Why the microphone cannot be used. `dismissed`: the question was closed without an answer. */
export type MicrophoneFault = 'denied' | 'dismissed' | 'missing' | 'inUse' | 'insecureOrigin' | 'failed';

/** Why a call could not begin. */
export type StartFault =
  /** The web server did not answer. */
  | { readonly kind: 'serverUnreachable' }
  /** The web server refused, and said why in words. */
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'tooManyCalls'; readonly retryAfterS: number | null }
  /** The web server answered, the media server did not or refused the token. */
  | { readonly kind: 'roomUnreachable' }
  /** Signalling worked and sound finds no way: a firewall stands between. */
  | { readonly kind: 'mediaBlocked' };

export type EndReason =
  | 'you'
  | 'agent'
  | 'removed'
  | 'joinedElsewhere'
  | 'serverStopped'
  | 'connectionLost'
  /** It ended while this page was loaded anew. */
  | 'overWhileAway';

/**
 * `awaited` since the page joined, `present`, or `lost` since it dropped out. Instants by the page's clock.
 * `wordsKeptUntilMs`: what the person says until then is kept for the agent; null where nothing is.
 */
export type AgentPresence =
  | { readonly kind: 'awaited'; readonly sinceMs: number; readonly wordsKeptUntilMs: number | null }
  | { readonly kind: 'present'; readonly state: AgentState; readonly name: string }
  | { readonly kind: 'lost'; readonly sinceMs: number; readonly name: string };

export type Microphone =
  | { readonly kind: 'open' }
  /** `isSpeaking`: the person talks all the same, as the page's own ears hear. */
  | { readonly kind: 'muted'; readonly isSpeaking: boolean }
  /** Never given, or taken away: the call goes on by typing. */
  | { readonly kind: 'refused' | 'lost'; readonly fault: MicrophoneFault }
  /** Asked for once more, in the call. */
  | { readonly kind: 'opening' };

export type CallState =
  | { readonly phase: 'idle' }
  /** The page was loaded anew in the middle of a call, which began at `joinedAtMs`. */
  | { readonly phase: 'returning'; readonly joinedAtMs: number }
  /** `microphoneFault`: the call begins without one. */
  | {
      readonly phase: 'starting';
      readonly step: 'microphone' | 'token' | 'room';
      readonly microphoneFault: MicrophoneFault | null;
      readonly wordsKeptUntilMs: number | null;
    }
  /** The server asks for its access key. */
  | { readonly phase: 'locked'; readonly check: 'none' | 'running' | AccessRefusal }
  | InRoom
  | { readonly phase: 'failed'; readonly fault: StartFault }
  | { readonly phase: 'ended'; readonly reason: EndReason; readonly durationMs: number };

export interface InRoom {
  readonly phase: 'inRoom';
  readonly joinedAtMs: number;
  readonly connection: 'connected' | 'reconnecting';
  readonly agent: AgentPresence;
  readonly microphone: Microphone;
  /** The browser holds the agent's sound back until the person presses something. */
  readonly isSoundBlocked: boolean;
  /** What the server says about an agent that is not here, in words; null where it said nothing. */
  readonly notice: string | null;
}

/** What happened to a call. Instants by the page's clock. */
export type CallHappening =
  | { readonly type: 'startPressed' }
  | { readonly type: 'returnBegan'; readonly joinedAtMs: number }
  /** The call that was returned to is another tab's. */
  | { readonly type: 'returnGivenUp' }
  | { readonly type: 'microphoneOpened'; readonly wordsKeptUntilMs: number | null }
  | { readonly type: 'microphoneRefused'; readonly fault: MicrophoneFault }
  | { readonly type: 'microphoneAsked' }
  | { readonly type: 'tokenGranted' }
  | { readonly type: 'accessKeyAsked' }
  | { readonly type: 'accessKeySent' }
  | { readonly type: 'accessKeyRefused'; readonly why: AccessRefusal }
  | { readonly type: 'startFailed'; readonly fault: StartFault }
  | { readonly type: 'roomJoined'; readonly atMs: number }
  | { readonly type: 'agentSeen'; readonly state: AgentState; readonly name: string; readonly atMs: number }
  | { readonly type: 'agentGone'; readonly atMs: number }
  | { readonly type: 'connectionInterrupted' }
  | { readonly type: 'connectionRestored' }
  | { readonly type: 'noticeReceived'; readonly message: string }
  | { readonly type: 'microphoneMuted' }
  | { readonly type: 'microphoneUnmuted' }
  | { readonly type: 'mutedSpeechChanged'; readonly isSpeaking: boolean }
  | { readonly type: 'microphoneLost'; readonly fault: MicrophoneFault }
  | { readonly type: 'soundBlocked' }
  | { readonly type: 'soundAllowed' }
  | { readonly type: 'callEnded'; readonly reason: EndReason; readonly atMs: number };

/** The call after `happening`. What cannot happen in the present phase changes nothing. */
export function reduceCall(state: CallState, happening: CallHappening): CallState {
  switch (happening.type) {
    case 'startPressed':
      return state.phase === 'inRoom' || state.phase === 'starting'
        ? state
        : { phase: 'starting', step: 'microphone', microphoneFault: null, wordsKeptUntilMs: null };
    case 'returnBegan':
      return state.phase === 'idle' ? { phase: 'returning', joinedAtMs: happening.joinedAtMs } : state;
    case 'returnGivenUp':
      return state.phase === 'returning' ? { phase: 'idle' } : state;
    case 'microphoneOpened': {
      const { wordsKeptUntilMs } = happening;
      if (state.phase === 'inRoom')
        return { ...state, microphone: { kind: 'open' }, agent: keepWords(state.agent, wordsKeptUntilMs) };
      return state.phase === 'starting' ? { ...state, step: 'token', wordsKeptUntilMs } : state;
    }
    case 'microphoneRefused':
      if (state.phase === 'inRoom')
        return { ...state, microphone: { kind: 'refused', fault: happening.fault } };
      return state.phase === 'starting'
        ? { ...state, step: 'token', microphoneFault: happening.fault }
        : state;
    case 'tokenGranted':
      return state.phase === 'starting' ? { ...state, step: 'room' } : state;
    case 'accessKeyAsked':
      return { phase: 'locked', check: 'none' };
    case 'accessKeySent':
      return state.phase === 'locked' ? { ...state, check: 'running' } : state;
    case 'accessKeyRefused':
      return state.phase === 'locked' ? { ...state, check: happening.why } : state;
    case 'startFailed':
      return { phase: 'failed', fault: happening.fault };
    case 'roomJoined':
      // The same call by a new connection: who is in it is told after.
      if (state.phase === 'inRoom') return { ...state, connection: 'connected' };
      return {
        phase: 'inRoom',
        joinedAtMs: state.phase === 'returning' ? state.joinedAtMs : happening.atMs,
        connection: 'connected',
        agent: {
          kind: 'awaited',
          sinceMs: happening.atMs,
          wordsKeptUntilMs: state.phase === 'starting' ? state.wordsKeptUntilMs : null,
        },
        microphone: joinedMicrophone(state),
        isSoundBlocked: false,
        notice: null,
      };
    case 'callEnded':
      if (state.phase === 'inRoom' || state.phase === 'returning') {
        return { phase: 'ended', reason: happening.reason, durationMs: happening.atMs - state.joinedAtMs };
      }
      return state.phase === 'starting' ? { phase: 'idle' } : state;
    default:
      return state.phase === 'inRoom' ? reduceInRoom(state, happening) : state;
  }
}

type RoomHappening = Extract<
  CallHappening,
  {
    type:
      | `agent${string}`
      | `connection${string}`
      | `microphone${'Asked' | 'Muted' | 'Unmuted' | 'Lost'}`
      | 'mutedSpeechChanged'
      | `sound${string}`
      | 'noticeReceived';
  }
>;

function reduceInRoom(state: InRoom, happening: RoomHappening): InRoom {
  switch (happening.type) {
    case 'agentSeen': {
      const agent = seenAgent(state.agent, happening);
      return { ...state, agent, notice: agent.kind === 'present' ? null : state.notice };
    }
    case 'agentGone':
      if (state.agent.kind !== 'present') return state;
      return { ...state, agent: { kind: 'lost', sinceMs: happening.atMs, name: state.agent.name } };
    case 'connectionInterrupted':
      return { ...state, connection: 'reconnecting' };
    case 'connectionRestored':
      return { ...state, connection: 'connected' };
    case 'noticeReceived':
      return state.agent.kind === 'present' ? state : { ...state, notice: happening.message };
    case 'microphoneAsked':
      return isUsable(state.microphone) ? state : { ...state, microphone: { kind: 'opening' } };
    case 'microphoneMuted':
      return state.microphone.kind === 'open'
        ? { ...state, microphone: { kind: 'muted', isSpeaking: false } }
        : state;
    case 'microphoneUnmuted':
      return state.microphone.kind === 'muted' ? { ...state, microphone: { kind: 'open' } } : state;
    case 'mutedSpeechChanged':
      return state.microphone.kind === 'muted'
        ? { ...state, microphone: { kind: 'muted', isSpeaking: happening.isSpeaking } }
        : state;
    case 'microphoneLost':
      return { ...state, microphone: { kind: 'lost', fault: happening.fault } };
    case 'soundBlocked':
      return { ...state, isSoundBlocked: true };
    case 'soundAllowed':
      return { ...state, isSoundBlocked: false };
  }
}

/** The microphone is there, muted or not. */
export function isUsable({ kind }: Microphone): boolean {
  return kind === 'open' || kind === 'muted';
}

function joinedMicrophone(before: CallState): Microphone {
  if (before.phase === 'returning') return { kind: 'opening' };
  return before.phase === 'starting' && before.microphoneFault !== null
    ? { kind: 'refused', fault: before.microphoneFault }
    : { kind: 'open' };
}

function keepWords(agent: AgentPresence, wordsKeptUntilMs: number | null): AgentPresence {
  return agent.kind === 'awaited' ? { ...agent, wordsKeptUntilMs } : agent;
}

/**
 * An agent that was at work and now initialises is a new process under the same identity: it is still coming back,
 * even where the room never told of the old one's end.
 */
function seenAgent(
  before: AgentPresence,
  { state, name, atMs }: Extract<RoomHappening, { type: 'agentSeen' }>,
) {
  const isReady = state !== 'initializing';
  if (isReady || before.kind === 'awaited') return { kind: 'present', state, name } as const;
  if (before.kind === 'lost') return before;
  return before.state === 'initializing' ? before : ({ kind: 'lost', sinceMs: atMs, name } as const);
}
