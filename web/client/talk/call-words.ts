import type { AgentState } from '@parley/contracts/room-protocol';
import type { CallState, EndReason, InRoom } from '../room/call-state.ts';
import { faultWords, microphoneWords } from './fault-words.ts';

/** What a person reads of a call's state: a few words, and a sentence where there is more to say. */
export interface Words {
  readonly title: string;
  readonly detail: string;
}

/** How long the page waits for the server to say why no agent comes, in ms: the server speaks up within 8 s. */
const SILENT_SERVER_MS = 12_000;
const SILENT_SERVER =
  'The server has not said why. You can go on waiting, or end the call and look at its log.';

/** The call's state in words, at `nowMs` of the page's clock. */
export function callWords(call: CallState, nowMs: number): Words {
  switch (call.phase) {
    case 'idle':
      return { title: 'Talk with your agent', detail: 'Press the button and speak. It answers by voice.' };
    case 'starting':
      return call.step === 'microphone'
        ? { title: 'Connecting', detail: 'Your browser may ask for the microphone. Allow it.' }
        : { title: 'Connecting', detail: '' };
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
      return { title: endWords[call.reason], detail: `It lasted ${clockTime(call.durationMs)}.` };
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
        detail: call.notice ?? (nowMs - call.agent.sinceMs < SILENT_SERVER_MS ? '' : SILENT_SERVER),
      };
    case 'lost':
      return {
        title: 'The agent is coming back',
        detail: call.notice ?? 'It dropped out for a moment. The call goes on.',
      };
    case 'present':
      return { title: agentWords[call.agent.state], detail: microphoneDetail(call) };
  }
}

function microphoneDetail({ microphone }: InRoom): string {
  switch (microphone.kind) {
    case 'open':
      return '';
    case 'muted':
      return 'You are muted. The agent cannot hear you.';
    case 'lost':
      return `${microphoneWords(microphone.fault).title}. The agent cannot hear you.`;
  }
}

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
  connectionLost: 'The connection was lost',
};

/**
 * What a screen reader is told of the state. Listening, thinking and speaking change every few seconds and are heard
 * anyway, so they are one announcement.
 */
export function announcement(call: CallState, nowMs: number): string {
  if (call.phase === 'inRoom' && call.connection === 'connected' && call.agent.kind === 'present') {
    const detail = microphoneDetail(call);
    return call.agent.state === 'initializing'
      ? agentWords.initializing
      : `The agent is here. ${detail}`.trim();
  }
  if (call.phase === 'idle') return '';
  const { title, detail } = callWords(call, nowMs);
  return detail ? `${title}. ${detail}` : title;
}

/** A duration as minutes and seconds, `1:05`. */
export function clockTime(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
