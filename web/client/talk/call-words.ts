import type { AgentState } from '@parley/contracts/room-protocol';
import { type CallState, type EndReason, type InRoom, isUsable } from '../room/call-state.ts';
import { faultWords } from './fault-words.ts';

/** What a person reads of a call's state: a few words, and a sentence where there is more to say. */
export interface Words {
  readonly title: string;
  readonly detail: string;
}

/** Who is called, as a person reads it. Both are empty where nothing is known. */
export interface Callee {
  readonly title: string;
  readonly description: string;
}

/** How long the page waits for the server to say why no agent comes, in ms: the server speaks up within 8 s. */
const SILENT_SERVER_MS = 12_000;
const SILENT_SERVER =
  'The server has not said why. You can go on waiting, or end the call and look at its log.';

const START_TALKING = 'You can start talking. What you say is kept for the agent.';

/** The call's state in words, at `nowMs` of the page's clock. */
export function callWords(call: CallState, callee: Callee, nowMs: number): Words {
  switch (call.phase) {
    case 'idle':
      return {
        title: callee.title ? `Talk with ${callee.title}` : 'Talk with your agent',
        detail: callee.description || 'Press the button and speak. The answer comes by voice.',
      };
    case 'starting':
      return {
        title: 'Connecting',
        detail: areWordsKept(call, nowMs) ? START_TALKING : stepWords[call.step],
      };
    case 'returning':
      return {
        title: 'Returning to your call',
        detail: 'This page was loaded anew. The agent is still there.',
      };
    case 'locked':
      return {
        title: 'This server asks for its access key',
        detail: 'It was printed when the server was started.',
      };
    case 'inRoom':
      return roomWords(call, nowMs);
    case 'failed':
      return faultWords(call.fault);
    case 'ended':
      return { title: endWords[call.reason], detail: endDetail(call.reason, call.durationMs) };
  }
}

function roomWords(call: InRoom, nowMs: number): Words {
  if (call.connection === 'reconnecting') {
    return { title: 'Reconnecting', detail: 'Your connection dropped. The call goes on once it is back.' };
  }
  switch (call.agent.kind) {
    case 'awaited':
      return {
        title: call.notice ? 'No agent has come yet' : 'Waiting for the agent',
        detail: call.notice ?? waitingDetail(call.agent, call.microphone, nowMs),
      };
    case 'lost':
      return {
        title: 'The agent is coming back',
        detail: call.notice ?? 'It dropped out for a moment. The call goes on.',
      };
    case 'present':
      return { title: agentTitle(call, call.agent.state), detail: microphoneDetail(call) };
  }
}

function waitingDetail(agent: Awaited, microphone: InRoom['microphone'], nowMs: number): string {
  if (nowMs - agent.sinceMs >= SILENT_SERVER_MS) return SILENT_SERVER;
  return microphone.kind === 'open' && areWordsKept(agent, nowMs) ? START_TALKING : '';
}

type Awaited = Extract<InRoom['agent'], { kind: 'awaited' }>;

function areWordsKept({ wordsKeptUntilMs }: Pick<Awaited, 'wordsKeptUntilMs'>, nowMs: number): boolean {
  return wordsKeptUntilMs !== null && nowMs < wordsKeptUntilMs;
}

/** An agent listens to a microphone; without one it waits for what is typed. */
function agentTitle({ microphone }: InRoom, state: AgentState): string {
  return state === 'listening' && !isUsable(microphone) ? 'Waiting for your message' : agentWords[state];
}

function microphoneDetail({ microphone }: InRoom): string {
  switch (microphone.kind) {
    case 'open':
      return '';
    case 'muted':
      return microphone.isSpeaking
        ? 'You are talking while muted. Press Mute to be heard.'
        : 'You are muted. The agent cannot hear you.';
    case 'opening':
      return 'Your browser may ask for the microphone. Allow it.';
    case 'refused':
    case 'lost':
      return 'The agent cannot hear you. Type to it, and it answers by voice.';
  }
}

const stepWords: Record<Extract<CallState, { phase: 'starting' }>['step'], string> = {
  microphone: 'Your browser may ask for the microphone. Allow it.',
  token: 'Asking the server for a call.',
  room: 'Joining the call.',
};

const agentWords: Record<AgentState, string> = {
  initializing: 'The agent is getting ready',
  idle: 'The agent is here',
  listening: 'Listening',
  thinking: 'Thinking',
  speaking: 'Speaking',
};

const endWords: Record<EndReason, string> = {
  you: 'Call ended',
  agent: 'The agent ended the call',
  removed: 'You were taken out of the call',
  joinedElsewhere: 'The call goes on in another window',
  serverStopped: 'The server was stopped',
  overWhileAway: 'The call is over',
  connectionLost: 'The connection was lost',
};

function endDetail(reason: EndReason, durationMs: number): string {
  const lasted = `It lasted ${clockTime(durationMs)}.`;
  switch (reason) {
    case 'connectionLost':
      return `${lasted} Check your connection, then call again.`;
    case 'serverStopped':
      return `${lasted} Call again once it is back.`;
    default:
      return lasted;
  }
}

/**
 * What a screen reader is told of the state. Listening, thinking and speaking change every few seconds and are heard
 * anyway, so they are one announcement.
 */
export function announcement(call: CallState, callee: Callee, nowMs: number): string {
  if (call.phase === 'inRoom' && call.connection === 'connected' && call.agent.kind === 'present') {
    const detail = microphoneDetail(call);
    return call.agent.state === 'initializing'
      ? agentWords.initializing
      : `The agent is here. ${detail}`.trim();
  }
  if (call.phase === 'idle') return '';
  const { title, detail } = callWords(call, callee, nowMs);
  return detail ? `${title}. ${detail}` : title;
}

/** How long the person has been waiting, or the call has lasted, in ms; null where neither is of interest. */
export function shownDurationMs(call: CallState, nowMs: number): number | null {
  if (call.phase !== 'inRoom') return null;
  const sinceMs = call.agent.kind === 'present' ? call.joinedAtMs : call.agent.sinceMs;
  return Math.max(0, nowMs - sinceMs);
}

/** A duration as minutes and seconds, `1:05`. */
export function clockTime(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
