/** How it is decided that a pause is the end of a turn. */
export type WaitPolicy =
  /** A fixed wait: the sweep is over `silenceDurationMs`. */
  | 'silence alone'
  /** Over at the score's threshold, else after 3,000 ms, as Pipecat does: the sweep is over the threshold. */
  | 'model alone'
  /** The engine's: sure, unsure and unfinished waits. The sweep is over `silenceDurationMs`. */
  | 'ladder';

/** With it the wait of an unfinished turn, twice as long, is that of Pipecat's model alone: 3,000 ms. */
const MODEL_ALONE_SILENCE_MS = 1_500;

/** A policy with its setting, as the engine is to be set for it. */
export interface WaitSetting {
  readonly silenceDurationMs: number;
  /** What the engine is told of a model's score; null: no model is asked. */
  readonly readScore: ((score: number) => number) | null;
}

/** `setting`: `silenceDurationMs`, or the threshold of the model alone. */
export function settingOf(policy: WaitPolicy, setting: number): WaitSetting {
  switch (policy) {
    case 'silence alone':
      return { silenceDurationMs: setting, readScore: null };
    case 'ladder':
      return { silenceDurationMs: setting, readScore: (score) => score };
    case 'model alone':
      return {
        silenceDurationMs: MODEL_ALONE_SILENCE_MS,
        readScore: (score) => (score >= setting ? 1 : 0),
      };
  }
}
