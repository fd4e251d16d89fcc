/** Where the call is in the agent's script or flow. */
export interface FlowState {
  readonly node: string;
}
