import type { TurnSettings } from '@parley/contracts/agent-definition';
import type { NodePlace } from '@parley/contracts/carried-call';

/** What is known of whether a pause is the end of a turn. */
export type Confidence = 'sure' | 'unsure' | 'unfinished';

/** What the open question asks the caller for. */
export type AskedFor = NodePlace['asksFor'];

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

/** Probability from which a turn is surely over. Source: docs/decisions/0014. */
const SURE_FROM = 0.7;
/** Probability up to which it surely is not. Source: docs/decisions/0014. */
const UNFINISHED_TO = 0.3;
/** The shortest wait, however sure: a final takes about this long to come. Source: docs/decisions/0014. */
const SURE_WAIT_MS = 200;
/** Wait for a turn that is not finished. Source: docs/decisions/0014. */
const UNFINISHED_WAIT_MS = 1_500;
/** Who reads out a number or spells a name pauses between the groups: a second, and more when looking it up. */
const READING_OUT_WAIT_MS = 1_500;

export function confidenceOf(probability: number): Confidence {
  if (probability >= SURE_FROM) return 'sure';
  return probability <= UNFINISHED_TO ? 'unfinished' : 'unsure';
}

/** The ladder of waits. Without a model every pause is unsure, and the wait is `silenceDurationMs`. */
export function silenceWaitMs(turn: TurnSettings, confidence: Confidence, askedFor: AskedFor): number {
  const { silenceDurationMs } = turn.vadParams;
  if (askedFor === 'digits' || askedFor === 'spelling') {
    const readingOutMs = Math.max(READING_OUT_WAIT_MS, 3 * silenceDurationMs);
    return confidence === 'sure' ? silenceDurationMs : readingOutMs;
  }
  switch (confidence) {
    case 'sure':
      return Math.min(SURE_WAIT_MS, silenceDurationMs);
    case 'unsure':
      return silenceDurationMs;
    case 'unfinished':
      return Math.max(UNFINISHED_WAIT_MS, 2 * silenceDurationMs);
  }
}

/** A pause that began at `lastSpeechAtMs` and is judged at `atMs`. */
export function pauseAfterSpeech(
  lastSpeechAtMs: number,
  atMs: number,
  waits: {
    readonly silenceMs: number;
    /** Silence at which the recogniser is asked for its final, at the latest with the end. */
    readonly finalizeAfterSilenceMs: number;
    /** How long a final is waited for beyond the end. */
    readonly finalWaitMs: number;
  },
): Pause {
  const endsAtMs = lastSpeechAtMs + waits.silenceMs;
  return {
    lastSpeechAtMs,
    finalizeAtMs: Math.min(endsAtMs, lastSpeechAtMs + waits.finalizeAfterSilenceMs),
    endsAtMs,
    givesUpAtMs: Math.max(atMs, endsAtMs) + waits.finalWaitMs,
  };
}
