import type { RosterView } from '../room/agent-roster.ts';
import type { Callee } from './call-words.ts';

/** Who a call goes to, or would go to. Described only where there is no choice: else its card in the picker tells. */
export function calleeOf({ agents, chosen, isFixed }: RosterView): Callee {
  const agent = agents.find(({ name }) => name === chosen);
  const isDescribed = isFixed || agents.length < 2;
  return {
    title: agent?.title ?? chosen ?? '',
    description: (isDescribed && agent?.description) || '',
  };
}
