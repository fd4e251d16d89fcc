import { openDraft } from '../draft.ts';
import { type Ear, quieten } from '../ear.ts';
import type { EarEvent } from '../ear-event.ts';
import { type Heard, type HearingContext, unchanged } from '../hearing-context.ts';

/** Half-duplex: the participant speaks over the agent, and what is said is dropped. */
export function whileIgnoring(ear: Ear, event: EarEvent, context: HearingContext): Heard {
  switch (event.type) {
    case 'speechEnded':
      // The recogniser is emptied, so that the next turn does not begin with these words.
      return {
        ear: quieten({ ...ear, owedFinals: [...ear.owedFinals, 'ignoredSpeech'] }),
        signals: [{ type: 'finalWanted' }],
      };
    case 'timePassed':
      // Who goes on speaking after the agent has stopped is heard from there on.
      if (context.isAgentAudible) return unchanged(ear);
      return {
        ear: {
          ...ear,
          hearing: { phase: 'speaking', draft: openDraft(context.nextTurnId, context.atMs), holdAtMs: null },
        },
        signals: [{ type: 'turnOpened' }],
      };
    case 'speechStarted':
    case 'speechHeld':
    case 'interim':
    case 'scored':
    case 'final':
      return unchanged(ear);
  }
}
