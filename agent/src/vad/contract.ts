/** Samples in one frame given to a VAD: 32 ms at 16 kHz, Silero's hop. */
export const VAD_FRAME_SAMPLES = 512;
export const VAD_SAMPLE_RATE_HZ = 16_000;

/** Voice activity detection: one model a process, one state an ear. */
export interface Vad {
  readonly provider: string;
  openEar(): VadEar;
  /** Frees the model. Safe to call twice. */
  close(): Promise<void>;
}

export interface VadEar {
  /**
   * Speech probability, 0 to 1, of the next 512 samples at 16 kHz.
   * Frames are taken in the order of the calls. Throws ProviderError `bad_request` on another length.
   */
  process(samples: Int16Array): Promise<number>;
  /** Forgets what was heard, for example after a gap in the track. */
  reset(): void;
}
