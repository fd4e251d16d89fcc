import type { AskedFor } from '../turn/end-of-turn.ts';

/** Where the call is in the agent's script or flow. */
export interface FlowState {
  readonly node: string;
  /** The caller is muted here. */
  readonly mutesUser: boolean;
  readonly asksFor: AskedFor;
  /** An answer may be begun before the turn is over: nothing that is done here changes what it would be made from. */
  readonly allowsSpeculation: boolean;
}

export function atNode(node: string): FlowState {
  return { node, mutesUser: false, asksFor: 'anything', allowsSpeculation: true };
}
