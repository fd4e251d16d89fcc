import type { TurnSettings } from '@parley/contracts/agent-definition';

/** When a pause becomes the end of a turn: instants on the call clock. */
export interface Pause {
  readonly lastSpeechAtMs: number;
  /** Ask the recogniser for its final. */
  readonly finalizeAtMs: number;
  /** The turn may end, once every final asked for has come. */
  readonly endsAtMs: number;
  /** The turn ends with what is known. */
  readonly givesUpAtMs: number;
}

/** The fixed wait: a turn ends after `silenceDurationMs` of silence. */
export function pauseAfterSpeech(
  lastSpeechAtMs: number,
  turn: TurnSettings,
  finalizeAfterSilenceMs: number,
  finalWaitMs: number,
): Pause {
  const endsAtMs = lastSpeechAtMs + turn.vadParams.silenceDurationMs;
  return {
    lastSpeechAtMs,
    finalizeAtMs: Math.min(endsAtMs, lastSpeechAtMs + finalizeAfterSilenceMs),
    endsAtMs,
    givesUpAtMs: endsAtMs + finalWaitMs,
  };
}
