import { AGENT_ATTRIBUTE, AGENT_STATES, type AgentState } from '@parley/contracts/room-protocol';
import type { RoomNews, SeenParticipant } from './caller-messages.ts';
import { createHeardSound, type HeardSound } from './heard-sound.ts';
import { addHeardText, type HeardText } from './heard-text.ts';

/** Somebody who was in the room; `leftAtMs` is null while they are. */
export interface RoomMember extends SeenParticipant {
  readonly joinedAtMs: number;
  readonly leftAtMs: number | null;
}

/** All that a caller saw and heard so far. */
export interface RoomView {
  take(news: RoomNews): void;
  /** Everybody who was there, in the order in which they came; who came back stands there again. */
  readonly members: readonly RoomMember[];
  readonly texts: readonly HeardText[];
  readonly agentStates: readonly { readonly state: AgentState; readonly atMs: number }[];
  readonly disconnectReason: string | null;
  /** Who the agent is, or '' before one came; the one that came last. */
  readonly agentIdentity: string;
  /** What was heard of a participant; of the agent where nobody is named. */
  sound(identity?: string): HeardSound;
}

export function createRoomView(): RoomView {
  let members: readonly RoomMember[] = [];
  let texts: readonly HeardText[] = [];
  let disconnectReason: string | null = null;
  const agentStates: { state: AgentState; atMs: number }[] = [];
  const sounds = new Map<string, HeardSound>();

  const soundOf = (identity: string): HeardSound => {
    const sound = sounds.get(identity) ?? createHeardSound();
    sounds.set(identity, sound);
    return sound;
  };

  const noteAgentState = (attributes: Readonly<Record<string, string>>, atMs: number) => {
    const state = AGENT_STATES.find((known) => known === attributes[AGENT_ATTRIBUTE.state]);
    if (state !== undefined && state !== agentStates.at(-1)?.state) agentStates.push({ state, atMs });
  };

  const changeMember = (identity: string, change: Partial<RoomMember>) => {
    members = members.map((member) =>
      member.identity === identity && member.leftAtMs === null ? { ...member, ...change } : member,
    );
  };

  const agentIdentity = () => members.findLast(({ kind }) => kind === 'agent')?.identity ?? '';

  return {
    take(news) {
      switch (news.type) {
        case 'participantJoined':
          members = [...members, { ...news.participant, joinedAtMs: news.atMs, leftAtMs: null }];
          noteAgentState(news.participant.attributes, news.atMs);
          break;
        case 'participantLeft':
          changeMember(news.identity, { leftAtMs: news.atMs });
          break;
        case 'attributesChanged':
          changeMember(news.identity, { attributes: news.attributes });
          noteAgentState(news.attributes, news.atMs);
          break;
        case 'heard':
          soundOf(news.identity).add(news.loud, news.untilMs);
          break;
        case 'textOpened':
        case 'textDelta':
        case 'textClosed':
          texts = addHeardText(texts, news);
          break;
        case 'disconnected':
          disconnectReason = news.reason;
          break;
      }
    },
    get members() {
      return members;
    },
    get texts() {
      return texts;
    },
    get agentStates() {
      return agentStates;
    },
    get disconnectReason() {
      return disconnectReason;
    },
    get agentIdentity() {
      return agentIdentity();
    },
    sound: (identity) => soundOf(identity ?? agentIdentity()),
  };
}
