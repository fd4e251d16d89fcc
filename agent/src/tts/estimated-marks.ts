import type { WordMark } from './contract.ts';
import { alignWordMarks, syllablesIn } from './word-marks.ts';

/**
 * How fast a voice speaks, learned from what it said: for voices that tell no word times. One a voice and its
 * settings.
 */
export interface VoicePace {
  readonly msASyllable: number;
  /** A text of so many syllables took so long. */
  learn(syllables: number, durationMs: number): void;
}

/** Pace before anything was said. Source: 4.5 syllables a second, as voices read English, and their pauses. */
const USUAL_MS_A_SYLLABLE = 210;
/** Share of a new text in what was learned; the first text is all that is known. */
const NEWEST_SHARE = 0.3;
/** Shorter texts teach nothing: the silence around them is longer than they are. */
const FEWEST_SYLLABLES = 6;

export function createVoicePace(speed = 1): VoicePace {
  let msASyllable = USUAL_MS_A_SYLLABLE / speed;
  let isLearned = false;
  return {
    get msASyllable() {
      return msASyllable;
    },
    learn(syllables, durationMs) {
      if (syllables < FEWEST_SYLLABLES) return;
      msASyllable += (isLearned ? NEWEST_SHARE : 1) * (durationMs / syllables - msASyllable);
      isLearned = true;
    },
  };
}

/** The paces of voices that a provider speaks with, each learned by itself. */
export function createVoicePaces(speed = 1): (voice: string) => VoicePace {
  const paces = new Map<string, VoicePace>();
  return (voice) => {
    const pace = paces.get(voice) ?? createVoicePace(speed);
    paces.set(voice, pace);
    return pace;
  };
}

/** Marks of one text while its sound streams in and its length is not known. */
export interface EstimatedMarks {
  /** Marks of the words that end by then; to be given before the sound up to there. The last word waits for `end`. */
  until(soundMs: number): readonly WordMark[];
  /**
   * Marks of all that are left, over what is left of the sound. None ends before `givenMs`, up to where the sound was given (default 0):
   * of a voice that is faster than it was thought, a word is then marked late and not twice as late.
   */
  end(durationMs: number, givenMs?: number): readonly WordMark[];
}

export function createEstimatedMarks(text: string, pace: VoicePace): EstimatedMarks {
  const syllables = syllablesIn(text);
  const waiting = [...alignWordMarks({ text, spoken: [], durationMs: syllables * pace.msASyllable })];
  let markedUntilMs = 0;
  return {
    until(soundMs) {
      const marks: WordMark[] = [];
      while (waiting.length > 1 && (waiting[0]?.endMs ?? soundMs) < soundMs) {
        const mark = waiting.shift();
        if (mark) marks.push(mark);
      }
      markedUntilMs = marks.at(-1)?.endMs ?? markedUntilMs;
      return marks;
    },
    end(durationMs, givenMs = 0) {
      pace.learn(syllables, durationMs);
      const fromMs = waiting[0]?.startMs ?? 0;
      const estimatedMs = (waiting.at(-1)?.endMs ?? 0) - fromMs;
      const leftMs = Math.max(0, durationMs - markedUntilMs);
      const beginMs = markedUntilMs;
      return waiting.splice(0).map((mark) => {
        const share = estimatedMs > 0 ? (mark.endMs - fromMs) / estimatedMs : 1;
        const startMs = markedUntilMs;
        markedUntilMs = Math.max(startMs, givenMs, beginMs + share * leftMs);
        return { ...mark, startMs, endMs: markedUntilMs };
      });
    },
  };
}
