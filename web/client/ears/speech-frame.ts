/** Length of one judged frame, in ms. Source: Silero's hop of 512 samples at 16 kHz. */
export const FRAME_MS = 32;

/** A frame of the microphone as the page's own voice activity detector judged it. */
export interface SpeechFrame {
  /** Speech probability, 0 to 1. */
  readonly probability: number;
  /** When the verdict came, by the page's clock. */
  readonly atMs: number;
}
