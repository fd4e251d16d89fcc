import { addFinal, draftText, openDraft } from '../draft.ts';
import type { Ear } from '../ear.ts';
import type { EarEvent } from '../ear-event.ts';
import { isIgnoredSpeech } from '../half-duplex.ts';
import { type Heard, type HearingContext, unchanged } from '../hearing-context.ts';

/** Nobody speaks into this ear. */
export function whileQuiet(ear: Ear, event: EarEvent, context: HearingContext): Heard {
  switch (event.type) {
    case 'speechStarted':
      if (isIgnoredSpeech(context)) return unchanged({ ...ear, hearing: { phase: 'ignoring' } });
      return {
        ear: {
          ...ear,
          hearing: {
            phase: 'speaking',
            draft: openDraft(context.nextTurnId, context.atMs),
            holdAtMs: null,
          },
        },
        signals: [{ type: 'turnOpened' }],
      };
    case 'final': {
      // A final that outlived its turn: words are never lost, they are a turn of their own.
      const draft = addFinal(openDraft(context.nextTurnId, context.atMs), event.final);
      if (draftText(draft) === '' || isIgnoredSpeech(context)) return unchanged(ear);
      return { ear, signals: [{ type: 'turnOpened' }, { type: 'turnEnded', draft }] };
    }
    case 'speechEnded':
      // Speech that outlived its turn, since the agent took the floor from it: the recogniser is emptied of it.
      return {
        ear: { ...ear, owedFinals: [...ear.owedFinals, 'ignoredSpeech'] },
        signals: [{ type: 'finalWanted' }],
      };
    case 'speechHeld':
    case 'interim':
    case 'scored':
    case 'timePassed':
      return unchanged(ear);
  }
}
