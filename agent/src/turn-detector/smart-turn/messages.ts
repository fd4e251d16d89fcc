/** What the thread is started with. */
export interface SmartTurnData {
  readonly modelFile: string;
}

/** Asks for the score of a window: 80 bands of 800 frames, a band after the other. One at a time. */
export interface ToSmartTurn {
  readonly id: number;
  readonly features: Float32Array<ArrayBuffer>;
}

export type FromSmartTurn =
  /** The model is loaded and has run once. */
  | { readonly type: 'ready' }
  | { readonly type: 'scored'; readonly id: number; readonly probability: number }
  | { readonly type: 'failed'; readonly id: number; readonly message: string };
