import type { TurnSettings } from '@parley/contracts/agent-definition';
import type { ParticipantId, TurnId } from '@parley/contracts/ids';

/** Whether the caller is muted: no turn starts and no reply stops, and what is said is heard all the same. */
export type Muting =
  | { readonly phase: 'off' }
  /** Until the greeting was heard, or could not be. */
  | { readonly phase: 'untilFirstUtterance' };

/** Words that wait for the agent's silence. */
export interface KeptWords {
  readonly participantId: ParticipantId;
  readonly turnId: TurnId;
  readonly text: string;
}

/** How a call begins; one that is resumed had its greeting. */
export function initialMuting(turn: Pick<TurnSettings, 'muteStrategies'>, resumes: boolean): Muting {
  const isMuted = turn.muteStrategies.includes('untilFirstAgentUtterance') && !resumes;
  return { phase: isMuted ? 'untilFirstUtterance' : 'off' };
}
