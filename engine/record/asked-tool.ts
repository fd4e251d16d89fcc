/** A tool as the model asked for it. */
export interface AskedTool {
  readonly toolCallId: string;
  readonly name: string;
  readonly argumentsJson: string;
}
