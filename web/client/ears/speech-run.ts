/** Where a voice is between silence and speech, counted in frames. */
export interface SpeechRun {
  /** Frames of speech since it began; 0 in silence. */
  readonly speechFrames: number;
  /** Frames of speech since the last silent one. */
  readonly runFrames: number;
  /** Silent frames since the last one of speech. */
  readonly silentFrames: number;
}

export const SILENCE: SpeechRun = { speechFrames: 0, runFrames: 0, silentFrames: 0 };

/** Probability at which speech begins. Source: Silero's own default, and the agent's. */
const ON_THRESHOLD = 0.5;
/** Speech that goes on may sink this low. Source: Silero's hysteresis of 0.15. */
const OFF_THRESHOLD = 0.35;
/** Silent frames after which speech is over: 96 ms, as the agent counts. */
const END_FRAMES = 3;

/** The run after a further frame with this speech probability. */
export function stepSpeechRun(run: SpeechRun, probability: number): SpeechRun {
  const threshold = run.speechFrames > 0 ? OFF_THRESHOLD : ON_THRESHOLD;
  if (probability >= threshold) {
    return { speechFrames: run.speechFrames + 1, runFrames: run.runFrames + 1, silentFrames: 0 };
  }
  const silentFrames = run.silentFrames + 1;
  return run.speechFrames === 0 || silentFrames >= END_FRAMES
    ? SILENCE
    : { ...run, runFrames: 0, silentFrames };
}
