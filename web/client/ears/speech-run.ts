/** Where a voice is between silence and speech, counted in frames. */
export interface SpeechRun {
  /** Frames of speech since it began; 0 in silence. */
  readonly speechFrames: number;
  /** Silent frames since the last one of speech. */
  readonly silentFrames: number;
  /** It has been speech beyond doubt. */
  readonly isSure: boolean;
  /** Of the last frame. */
  readonly probability: number;
}

export const SILENCE: SpeechRun = { speechFrames: 0, silentFrames: 0, isSure: false, probability: 0 };

/** Probability at which speech begins. Source: Silero's own default, and the agent's. */
const ON_THRESHOLD = 0.5;
/** Speech that goes on may sink this low. Source: Silero's hysteresis of 0.15. */
const OFF_THRESHOLD = 0.35;
/** Silent frames after which speech is over: 96 ms, as the agent counts. */
const END_FRAMES = 3;

/**
 * A frame this probable is speech by itself, and one at the threshold after one that was on its way there. Two frames at
 * the threshold, as the agent asks for, are 20 to 30 ms later. Source: docs/decisions/0011.
 */
const SURE_THRESHOLD = 0.7;
const RISING_THRESHOLD = 0.3;

/** The run after a further frame with this speech probability. */
export function stepSpeechRun(run: SpeechRun, probability: number): SpeechRun {
  const threshold = run.speechFrames > 0 ? OFF_THRESHOLD : ON_THRESHOLD;
  if (probability >= threshold) {
    const isSure =
      run.isSure ||
      probability >= SURE_THRESHOLD ||
      (probability >= ON_THRESHOLD && run.probability >= RISING_THRESHOLD);
    return { speechFrames: run.speechFrames + 1, silentFrames: 0, isSure, probability };
  }
  const silentFrames = run.silentFrames + 1;
  return run.speechFrames === 0 || silentFrames >= END_FRAMES
    ? { ...SILENCE, probability }
    : { ...run, silentFrames, probability };
}
