import type { CallEvent } from '@parley/contracts/call-event';
import type { ParticipantId, TurnId } from '@parley/contracts/ids';
import { addItem } from '../conversation/conversation.ts';
import { isAudible, type Reply } from '../reply/reply.ts';
import { draftText, type TurnDraft, wordsOf } from '../turn/draft.ts';
import { type EarEvent, earEventOf } from '../turn/ear-event.ts';
import { hear } from '../turn/hear.ts';
import type { HearingContext, TurnSignal } from '../turn/hearing-context.ts';
import { HOLD } from '../turn/interruption.ts';
import { holdRule } from '../turn/patience.ts';
import { containsPhrase, phraseListsFor } from '../turn/phrases/phrase-lists.ts';
import { commitTurn, nextTurnId, takeTurnId } from './commit-turn.ts';
import { heardWords } from './idling.ts';
import { keepWords, muteReason, takeKept, wordsSaid } from './muting.ts';
import { boundHold, holdFor, isEchoed, judgeWords, wordsSoFar } from './overlap.ts';
import { stopReply } from './replies.ts';
import { release, rightGuess, speculate } from './speculation.ts';
import { openReplyOf } from './state.ts';
import type { Step } from './step.ts';
import { heedSwitchRules } from './switching.ts';

/** What a participant says, and what it does to the agent's voice. */
export function onHearing(step: Step, event: CallEvent): void {
  const heard = earEventOf(event, step.state.settings.turn.vad);
  if (heard !== null) hearInEar(step, heard.participantId, heard.heard);
}

/** Lets time pass in every ear. */
export function expireEars(step: Step): void {
  for (const ear of Object.values(step.state.ears))
    hearInEar(step, ear.participantId, { type: 'timePassed' });
}

/** Who goes on speaking after a half-duplex agent has stopped is heard from there on. */
export function heedIgnored(step: Step): void {
  for (const ear of Object.values(step.state.ears)) {
    if (ear.hearing.phase === 'ignoring') hearInEar(step, ear.participantId, { type: 'timePassed' });
  }
}

/** A typed message interrupts the agent, then is answered like a turn. */
export function onChat(step: Step, participantId: ParticipantId, text: string): void {
  if (step.ear(participantId) === undefined || text.trim() === '') return step.drop();
  const reply = openReplyOf(step.state);
  if (reply !== null) stopReply(step, reply, 'interrupted');
  commitTurn(step, participantId, takeTurnId(step), {
    text: text.trim(),
    source: 'chat',
    isUnintelligible: false,
  });
}

/** What was said before the agent came: the first turn after the greeting. Nobody is told that it was not understood. */
export function onPreConnect(
  step: Step,
  data: Extract<CallEvent, { type: 'preConnectHeard' }>['data'],
): void {
  const { participantId, outcome } = data;
  const text = data.text.trim();
  if (step.ear(participantId) === undefined || outcome === 'rejected' || text === '') return step.drop();
  const turnId = takeTurnId(step);
  step.emit({ type: 'captionUser', data: { participantId, turnId, text, isFinal: true } });
  keepWords(step, { participantId, turnId, text });
}

function hearInEar(step: Step, participantId: ParticipantId, event: EarEvent): void {
  const ear = step.ear(participantId);
  if (ear === undefined) return step.drop();
  const next = hear(ear, event, hearingContext(step));
  if (next.ear !== ear) step.putEar(next.ear);
  for (const signal of next.signals) onTurnSignal(step, participantId, signal);
}

function hearingContext(step: Step): HearingContext {
  const { state, atMs } = step;
  const reply = openReplyOf(state);
  return {
    atMs,
    settings: state.settings,
    isAgentAudible: reply !== null && isAudible(reply),
    holdRule: holdRule(state.patience, atMs),
    askedFor: state.flow.asksFor,
    nextTurnId: nextTurnId(step),
  };
}

function onTurnSignal(step: Step, participantId: ParticipantId, signal: TurnSignal): void {
  switch (signal.type) {
    case 'turnOpened':
      step.count('turns');
      return;
    case 'finalWanted':
      return step.emit({ type: 'finalizeStt', data: { participantId } });
    case 'scoreWanted':
      return step.emit({
        type: 'scoreEndOfTurn',
        data: { participantId, text: wordsSoFar(step, participantId) },
      });
    case 'recogniserDeaf':
      step.count('reopenedRecognisers');
      return step.emit({ type: 'reopenStt', data: { participantId } });
    case 'speechHeld':
      return holdFor(step, participantId);
    case 'speechPaused':
      boundHold(step, participantId, signal.lastSpeechAtMs + HOLD.afterSpeechMs);
      return guess(step, participantId);
    case 'wordsChanged':
      if (!isEchoed(step, signal.draft)) showWords(step, participantId, signal.draft);
      judgeWords(step, participantId, signal.draft, signal.isFinal);
      return guess(step, participantId);
    case 'turnEnded':
      if (step.state.settings.scoresEndOfTurn) step.emit({ type: 'endScoredTurn', data: { participantId } });
      return endTurn(step, participantId, signal.draft);
  }
}

/** Words of a turn that is not over: a sign of life, and on the page at once. */
function showWords(step: Step, participantId: ParticipantId, draft: TurnDraft): void {
  caption(step, participantId, draft, false);
  if (draftText(draft) !== '') heardWords(step);
}

function endTurn(step: Step, participantId: ParticipantId, draft: TurnDraft): void {
  judgeWords(step, participantId, draft, true);
  const text = draftText(draft);
  if (isEchoed(step, draft)) return void step.count('echoes');
  if (text !== '') caption(step, participantId, draft, true);
  const muted = muteReason(step);
  if (muted !== null && !callsOff(step, text)) {
    if (muted === 'greeting' && text !== '') keepWords(step, { participantId, turnId: draft.turnId, text });
    return;
  }
  const reply = openReplyOf(step.state);
  const hasFloor = reply === null || reply.phase.phase === 'stopping' || isComingLine(reply);
  if (!hasFloor) return noteOverlap(step, participantId, draft.turnId, text);
  const said = wordsSaid(step, participantId, text);
  takeKept(step, participantId);
  const isUnintelligible = said === '' && draft.rejectedWordCount > 0;
  if (said === '' && !isUnintelligible) return;
  const guessed = rightGuess(step, participantId, said);
  commitTurn(step, participantId, draft.turnId, { text: said, source: 'speech', isUnintelligible });
  // Who is to give the answer from here on did not give the one that was begun on a guess.
  const isGivenByAnother = heedSwitchRules(step);
  if (guessed !== null && !isGivenByAnother) release(step, guessed, draft.turnId);
}

/** Begins the answer to what the participant has said, where they pause. */
function guess(step: Step, participantId: ParticipantId): void {
  const hearing = step.ear(participantId)?.hearing;
  if (hearing?.phase === 'pausing' && !isEchoed(step, hearing.draft))
    speculate(step, participantId, hearing.draft);
}

/** While tools run that may be called off, the words that do so are heard. */
function callsOff(step: Step, text: string): boolean {
  const tools = Object.values(step.state.tools);
  if (tools.length === 0 || !tools.every(({ isCancellable }) => isCancellable)) return false;
  const { language, phrases } = step.state.settings;
  return containsPhrase(wordsOf(text), phraseListsFor(language, phrases).yields);
}

/** Words that did not take the floor are noted; a half-duplex agent that keeps them answers them after it has spoken. */
function noteOverlap(step: Step, participantId: ParticipantId, turnId: TurnId, text: string): void {
  if (text === '') return;
  const { allowInterruptions, whileAgentSpeaks } = step.state.settings.turn;
  if (!allowInterruptions && whileAgentSpeaks === 'keep')
    return keepWords(step, { participantId, turnId, text });
  step.set({ conversation: addItem(step.state.conversation, { kind: 'overlap', participantId, text }) });
}

function isComingLine(reply: Reply): boolean {
  return reply.cause.kind === 'line' && !isAudible(reply);
}

function caption(step: Step, participantId: ParticipantId, draft: TurnDraft, isFinal: boolean): void {
  const text = draftText(draft);
  if (text !== '')
    step.emit({ type: 'captionUser', data: { participantId, turnId: draft.turnId, text, isFinal } });
}
