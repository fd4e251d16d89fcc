import { WAIT } from '../../call/settings.ts';
import { addFinal } from '../draft.ts';
import type { Ear, Hearing } from '../ear.ts';
import type { EarEvent } from '../ear-event.ts';
import { pauseAfterSpeech } from '../end-of-turn.ts';
import { type Heard, type HearingContext, unchanged } from '../hearing-context.ts';

/** The participant speaks. */
export function whileSpeaking(
  ear: Ear,
  hearing: Extract<Hearing, { phase: 'speaking' }>,
  event: EarEvent,
  context: HearingContext,
): Heard {
  const { draft } = hearing;
  switch (event.type) {
    case 'speechHeld':
      return { ear, signals: [{ type: 'speechHeld' }] };
    case 'interim': {
      if (event.text === draft.interim) return unchanged(ear);
      const next = { ...draft, interim: event.text };
      return {
        ear: { ...ear, hearing: { phase: 'speaking', draft: next } },
        signals: [{ type: 'wordsChanged', draft: next, isFinal: false }],
      };
    }
    case 'final': {
      const next = addFinal(draft, event.final);
      return {
        ear: { ...ear, hearing: { phase: 'speaking', draft: next } },
        signals: [{ type: 'wordsChanged', draft: next, isFinal: false }],
      };
    }
    case 'speechEnded': {
      const { settings } = context;
      const lastSpeechAtMs = Math.min(event.lastSpeechAtMs, context.atMs);
      const pause = pauseAfterSpeech(
        lastSpeechAtMs,
        settings.turn,
        settings.finalizeAfterSilenceMs,
        WAIT.finalMs,
      );
      return {
        ear: { ...ear, hearing: { phase: 'pausing', draft, pause, hasAskedFinal: false } },
        signals: [{ type: 'speechPaused', lastSpeechAtMs }],
      };
    }
    case 'speechStarted':
    case 'timePassed':
      return unchanged(ear);
  }
}
