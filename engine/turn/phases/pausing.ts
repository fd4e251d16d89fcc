import { addFinal } from '../draft.ts';
import { awaitsFinal, type Ear, type Hearing, quieten } from '../ear.ts';
import type { EarEvent } from '../ear-event.ts';
import { type Heard, type HearingContext, type TurnSignal, unchanged } from '../hearing-context.ts';

/** The participant is silent within a turn: it goes on or it ends. */
export function whilePausing(
  ear: Ear,
  hearing: Extract<Hearing, { phase: 'pausing' }>,
  event: EarEvent,
  context: HearingContext,
): Heard {
  switch (event.type) {
    case 'speechStarted':
      return unchanged({ ...ear, hearing: { phase: 'speaking', draft: hearing.draft } });
    case 'interim': {
      if (event.text === hearing.draft.interim) return unchanged(ear);
      const draft = { ...hearing.draft, interim: event.text };
      return {
        ear: { ...ear, hearing: { ...hearing, draft } },
        signals: [{ type: 'wordsChanged', draft, isFinal: false }],
      };
    }
    case 'final': {
      const draft = addFinal(hearing.draft, event.final);
      const isFinal = hearing.hasAskedFinal && !awaitsFinal(ear);
      const heard = passTime({ ...ear, hearing: { ...hearing, draft } }, { ...hearing, draft }, context.atMs);
      return { ear: heard.ear, signals: [{ type: 'wordsChanged', draft, isFinal }, ...heard.signals] };
    }
    case 'timePassed':
      return passTime(ear, hearing, context.atMs);
    case 'speechHeld':
    case 'speechEnded':
      return unchanged(ear);
  }
}

function passTime(ear: Ear, hearing: Extract<Hearing, { phase: 'pausing' }>, atMs: number): Heard {
  const { pause, draft } = hearing;
  const signals: TurnSignal[] = [];
  let current = ear;
  let hasAskedFinal = hearing.hasAskedFinal;
  if (!hasAskedFinal && atMs >= pause.finalizeAtMs) {
    hasAskedFinal = true;
    current = { ...ear, owedFinals: [...ear.owedFinals, 'draft'], hearing: { ...hearing, hasAskedFinal } };
    signals.push({ type: 'finalWanted' });
  }
  const isComplete = hasAskedFinal && !awaitsFinal(current) && atMs >= pause.endsAtMs;
  if (!isComplete && atMs < pause.givesUpAtMs) return { ear: current, signals };
  return { ear: quieten(current), signals: [...signals, { type: 'turnEnded', draft }] };
}
