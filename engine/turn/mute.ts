import type { TurnSettings } from '@parley/contracts/agent-definition';

/**
 * Why the caller is muted: no turn starts and no reply stops, and what is said is heard all the same. Words said in the
 * greeting are kept and answered after it; those said while a tool runs or a node mutes are dropped.
 */
export type MuteReason = 'greeting' | 'function' | 'node';

export interface MuteFacts {
  /** The agent has not finished its first utterance. */
  readonly awaitsFirstUtterance: boolean;
  readonly runsTool: boolean;
  readonly nodeMutesUser: boolean;
}

export function muteReasonOf(
  { muteStrategies }: Pick<TurnSettings, 'muteStrategies'>,
  facts: MuteFacts,
): MuteReason | null {
  if (facts.awaitsFirstUtterance && muteStrategies.includes('untilFirstAgentUtterance')) return 'greeting';
  if (facts.runsTool && muteStrategies.includes('whileFunctionRuns')) return 'function';
  return facts.nodeMutesUser && muteStrategies.includes('byNode') ? 'node' : null;
}
