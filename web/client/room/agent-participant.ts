import { AGENT_ATTRIBUTE, AGENT_STATES, type AgentState } from '@parley/contracts/room-protocol';
import { ParticipantKind, type RemoteParticipant } from 'livekit-client';

/** What the agent says of its voice, for a page that ducks it by its own ears. */
export interface VoiceState {
  /** What is being spoken may be interrupted. */
  readonly isInterruptible: boolean;
  /** The agent holds its voice and weighs whether it is being interrupted. */
  readonly isHeld: boolean;
}

/** Marks a second agent participant that only publishes for the first; LiveKit's clients pass it over. */
const PUBLISHES_FOR_ANOTHER = 'lk.publish_on_behalf';

/** The agent of a room, by LiveKit's rule: the first participant of kind AGENT that acts for itself. */
export function findAgent(participants: Iterable<RemoteParticipant>): RemoteParticipant | undefined {
  for (const participant of participants) {
    if (participant.kind === ParticipantKind.AGENT && !(PUBLISHES_FOR_ANOTHER in participant.attributes)) {
      return participant;
    }
  }
  return undefined;
}

/** What the agent says it is doing; `initializing` where it has not said anything we know. */
export function agentState(agent: RemoteParticipant): AgentState {
  const said = agent.attributes[AGENT_ATTRIBUTE.state];
  return AGENT_STATES.find((state) => state === said) ?? 'initializing';
}

/** An agent that says nothing of its voice cannot be interrupted by the page. */
export function voiceState({ attributes }: RemoteParticipant): VoiceState {
  return {
    isInterruptible: attributes[AGENT_ATTRIBUTE.isInterruptible] === 'true',
    isHeld: attributes[AGENT_ATTRIBUTE.isHeld] === 'true',
  };
}

/** The agent's name for a person; empty where it has none. */
export function agentName(agent: RemoteParticipant): string {
  return agent.name || agent.attributes[AGENT_ATTRIBUTE.name] || '';
}
