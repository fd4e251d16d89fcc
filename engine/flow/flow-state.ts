import type { NodePlace } from '@parley/contracts/carried-call';

/** Where the call is in the agent's script or flow. */
export type FlowState = NodePlace;

export function atNode(node: string): FlowState {
  return { node, mutesUser: false, asksFor: 'anything', allowsSpeculation: true };
}
