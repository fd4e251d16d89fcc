import type { RosterView } from '../room/agent-roster.ts';
import type { Callee } from './call-words.ts';

/** Who a call goes to, or would go to. */
export function calleeOf({ agents, chosen }: RosterView): Callee {
  const agent = agents.find(({ name }) => name === chosen);
  return { title: agent?.title ?? chosen ?? '', description: agent?.description ?? '' };
}
