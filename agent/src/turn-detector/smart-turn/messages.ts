/** What the thread is started with. */
export interface SmartTurnData {
  readonly modelFile: string;
}

export type ToSmartTurn =
  /** Asks for the score of a window: 80 bands of 800 frames, a band after the other. */
  | { readonly type: 'score'; readonly id: number; readonly features: Float32Array<ArrayBuffer> }
  /** Asks it to leave when it has done what was asked before. */
  | { readonly type: 'leave' };

export type FromSmartTurn =
  /** The model is loaded and has run once. */
  | { readonly type: 'ready' }
  | { readonly type: 'scored'; readonly id: number; readonly probability: number }
  | { readonly type: 'failed'; readonly id: number; readonly message: string };
