import { WAIT } from '../../call/settings.ts';
import { addFinal, draftText, type TurnDraft } from '../draft.ts';
import type { Ear, Hearing } from '../ear.ts';
import type { EarEvent } from '../ear-event.ts';
import { pauseAfterSpeech, silenceWaitMs } from '../end-of-turn.ts';
import { type Heard, type HearingContext, type TurnSignal, unchanged } from '../hearing-context.ts';
import { isOverLimit } from '../turn-limit.ts';
import { passTime } from './pausing.ts';

/** Speech has lasted this long when it is told as held, in ms. Source: two frames of the VAD. */
const HELD_AFTER_MS = 64;

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
      return holdByRule(ear, hearing, context);
    case 'interim': {
      if (event.text === draft.interim) return unchanged(ear);
      return withWords(ear, hearing, { ...draft, interim: event.text }, context);
    }
    case 'final':
      return withWords(ear, hearing, addFinal(draft, event.final), context);
    case 'speechEnded':
      return pause(ear, draft, Math.min(event.lastSpeechAtMs, context.atMs), context);
    case 'timePassed': {
      if (isOverLimit(draft, context.settings.pipeline.userTurnLimit, context.atMs))
        return cutIn(ear, draft, context);
      if (hearing.holdAtMs === null || context.atMs < hearing.holdAtMs) return unchanged(ear);
      return {
        ear: { ...ear, hearing: { ...hearing, holdAtMs: null } },
        signals: [{ type: 'speechHeld' }],
      };
    }
    case 'speechStarted':
    case 'scored':
      return unchanged(ear);
  }
}

function holdByRule(
  ear: Ear,
  hearing: Extract<Hearing, { phase: 'speaking' }>,
  { holdRule, atMs }: HearingContext,
): Heard {
  if (holdRule.kind === 'words') return unchanged(ear);
  if (holdRule.forMs <= HELD_AFTER_MS) return { ear, signals: [{ type: 'speechHeld' }] };
  return unchanged({ ...ear, hearing: { ...hearing, holdAtMs: atMs - HELD_AFTER_MS + holdRule.forMs } });
}

function withWords(
  ear: Ear,
  hearing: Extract<Hearing, { phase: 'speaking' }>,
  draft: TurnDraft,
  context: HearingContext,
): Heard {
  const said: TurnSignal = { type: 'wordsChanged', draft, isFinal: false };
  if (isOverLimit(draft, context.settings.pipeline.userTurnLimit, context.atMs)) {
    const cut = cutIn(ear, draft, context);
    return { ear: cut.ear, signals: [said, ...cut.signals] };
  }
  return { ear: { ...ear, hearing: { ...hearing, draft } }, signals: [said] };
}

function pause(ear: Ear, draft: TurnDraft, lastSpeechAtMs: number, context: HearingContext): Heard {
  const { settings, askedFor, atMs } = context;
  const pausing = pauseAfterSpeech(lastSpeechAtMs, atMs, {
    silenceMs: silenceWaitMs(settings.turn, 'unsure', askedFor),
    finalizeAfterSilenceMs: settings.finalizeAfterSilenceMs,
    finalWaitMs: WAIT.finalMs,
  });
  const signals: TurnSignal[] = [{ type: 'speechPaused', lastSpeechAtMs }];
  if (settings.scoresEndOfTurn) signals.push({ type: 'scoreWanted' });
  return {
    ear: {
      ...ear,
      hearing: { phase: 'pausing', draft, pause: pausing, hasAskedFinal: false, hasReopened: false },
    },
    signals,
  };
}

/** The agent takes the floor from who speaks too long: what was said so far is the turn. */
function cutIn(ear: Ear, draft: TurnDraft, context: HearingContext): Heard {
  const { atMs } = context;
  const cut = pauseAfterSpeech(atMs, atMs, {
    silenceMs: 0,
    finalizeAfterSilenceMs: 0,
    finalWaitMs: draftText(draft) === '' ? WAIT.finalMs : WAIT.finalOfCutMs,
  });
  const hearing = { phase: 'pausing', draft, pause: cut, hasAskedFinal: false, hasReopened: true } as const;
  return passTime({ ...ear, hearing }, hearing, context);
}
