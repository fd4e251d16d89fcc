import type { AskedFor } from '../turn/end-of-turn.ts';

/** Where the call is in the agent's script or flow. */
export interface FlowState {
  readonly node: string;
  /** The caller is muted here. */
  readonly mutesUser: boolean;
  readonly asksFor: AskedFor;
}

export function atNode(node: string): FlowState {
  return { node, mutesUser: false, asksFor: 'anything' };
}
