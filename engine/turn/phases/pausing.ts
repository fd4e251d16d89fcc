import { WAIT } from '../../call/settings.ts';
import { isDeafTo } from '../deaf-recogniser.ts';
import { addFinal } from '../draft.ts';
import { awaitsFinal, type Ear, type Hearing, quieten } from '../ear.ts';
import type { EarEvent } from '../ear-event.ts';
import { confidenceOf, pauseAfterSpeech, silenceWaitMs } from '../end-of-turn.ts';
import { type Heard, type HearingContext, type TurnSignal, unchanged } from '../hearing-context.ts';

type Pausing = Extract<Hearing, { phase: 'pausing' }>;

/** The participant is silent within a turn: it goes on or it ends. */
export function whilePausing(ear: Ear, hearing: Pausing, event: EarEvent, context: HearingContext): Heard {
  switch (event.type) {
    case 'speechStarted':
      return unchanged({ ...ear, hearing: { phase: 'speaking', draft: hearing.draft, holdAtMs: null } });
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
      const next = { ...hearing, draft };
      const heard = passTime({ ...ear, hearing: next }, next, context);
      return { ear: heard.ear, signals: [{ type: 'wordsChanged', draft, isFinal }, ...heard.signals] };
    }
    case 'scored': {
      const next = { ...hearing, pause: rejudge(hearing, event.probability, context) };
      return passTime({ ...ear, hearing: next }, next, context);
    }
    case 'timePassed':
      return passTime(ear, hearing, context);
    case 'speechHeld':
    case 'speechEnded':
      return unchanged(ear);
  }
}

/** The wait that the model's score asks for. A final that was asked for is not asked for again. */
function rejudge({ pause }: Pausing, probability: number, { settings, askedFor, atMs }: HearingContext) {
  const confidence = confidenceOf(probability);
  return pauseAfterSpeech(pause.lastSpeechAtMs, atMs, {
    silenceMs: silenceWaitMs(settings.turn, confidence, askedFor),
    finalizeAfterSilenceMs: settings.finalizeAfterSilenceMs,
    finalWaitMs: WAIT.finalMs,
  });
}

/** What is due in a pause: a score, a final, another recogniser, the end of the turn. */
export function passTime(ear: Ear, hearing: Pausing, context: HearingContext): Heard {
  const { atMs, settings } = context;
  const signals: TurnSignal[] = [];
  let { owedFinals } = ear;
  let next = hearing;
  if (!next.hasAskedFinal && atMs >= next.pause.finalizeAtMs) {
    next = { ...next, hasAskedFinal: true };
    owedFinals = [...owedFinals, 'draft'];
    signals.push({ type: 'finalWanted' });
  }
  const current: Ear = { ...ear, owedFinals, hearing: next };
  const isComplete = next.hasAskedFinal && !awaitsFinal(current) && atMs >= next.pause.endsAtMs;
  if (!isComplete && atMs < next.pause.givesUpAtMs) return { ear: current, signals };
  const { draft, pause } = next;
  if (!isComplete && !next.hasReopened && settings.reopensDeafStt && isDeafTo(draft, pause.lastSpeechAtMs)) {
    const again = { ...pause, givesUpAtMs: atMs + WAIT.reopenedFinalMs };
    return {
      // The lost stream owes nothing any more; the new one is asked for its final when it has heard the turn.
      ear: { ...current, owedFinals: ['draft'], hearing: { ...next, pause: again, hasReopened: true } },
      signals: [...signals, { type: 'recogniserDeaf' }],
    };
  }
  return { ear: quieten(current), signals: [...signals, { type: 'turnEnded', draft }] };
}
