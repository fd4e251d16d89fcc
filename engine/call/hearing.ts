import type { CallEvent } from '@parley/contracts/call-event';
import type { ParticipantId } from '@parley/contracts/ids';
import { addItem } from '../conversation/conversation.ts';
import { asksQuestion } from '../conversation/heard-ledger.ts';
import { isAudible, type Reply } from '../reply/reply.ts';
import { draftText, type TurnDraft } from '../turn/draft.ts';
import { draftOf } from '../turn/ear.ts';
import { type EarEvent, earEventOf } from '../turn/ear-event.ts';
import { hear } from '../turn/hear.ts';
import type { HearingContext, TurnSignal } from '../turn/hearing-context.ts';
import { type AgentVoice, HOLD, judgeOverlap } from '../turn/interruption.ts';
import { phraseListsFor } from '../turn/phrases/phrase-lists.ts';
import { commitTurn, nextTurnId, takeTurnId } from './commit-turn.ts';
import { isMuted, keepWords, takeKept } from './muting.ts';
import { resumeReply, stopReply } from './replies.ts';
import { openReplyOf } from './state.ts';
import type { Step } from './step.ts';

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
    case 'speechHeld':
      return holdFor(step, participantId);
    case 'speechPaused':
      return boundHold(step, participantId, signal.lastSpeechAtMs + HOLD.afterSpeechMs);
    case 'wordsChanged':
      caption(step, participantId, signal.draft, false);
      return judgeWords(step, participantId, signal.draft, signal.isFinal);
    case 'turnEnded':
      return endTurn(step, participantId, signal.draft);
  }
}

/** First step of a barge-in: the agent falls silent, reversibly, before it is known what is said. */
function holdFor(step: Step, participantId: ParticipantId): void {
  const reply = openReplyOf(step.state);
  if (reply === null || (reply.phase.phase !== 'sounding' && reply.phase.phase !== 'preparing')) return;
  if (!canBeInterrupted(step, reply)) return;
  const wordlessMs = step.state.settings.givesInterims ? HOLD.wordlessMs : HOLD.wordlessWithoutInterimsMs;
  const ear = step.ear(participantId);
  const draft = ear === undefined ? null : draftOf(ear);
  const hasWords = draft !== null && draftText(draft) !== '';
  step.emit({ type: 'holdPlayout', data: { replyId: reply.replyId } });
  step.putReply({
    ...reply,
    phase: {
      phase: 'held',
      by: participantId,
      sinceMs: step.atMs,
      endsAtMs: step.atMs + (hasWords ? HOLD.longestMs : wordlessMs),
      was: reply.phase.phase,
    },
  });
}

function boundHold(step: Step, participantId: ParticipantId, endsAtMs: number): void {
  const reply = openReplyOf(step.state);
  if (reply?.phase.phase !== 'held' || reply.phase.by !== participantId) return;
  const bound = Math.max(step.atMs, Math.min(reply.phase.endsAtMs, endsAtMs));
  step.putReply({ ...reply, phase: { ...reply.phase, endsAtMs: bound } });
}

/** Second step: the words decide whether the participant takes the floor. */
function judgeWords(step: Step, participantId: ParticipantId, draft: TurnDraft, isFinal: boolean): void {
  const reply = openReplyOf(step.state);
  if (reply === null || reply.phase.phase === 'stopping') return;
  if (!canBeInterrupted(step, reply)) return;
  const { settings } = step.state;
  const verdict = judgeOverlap(
    draft,
    voiceOf(reply),
    isFinal,
    settings.turn,
    phraseListsFor(settings.language, settings.phrases),
  );
  if (verdict === 'commit') return stopReply(step, reply, 'interrupted');
  if (reply.phase.phase !== 'held' || reply.phase.by !== participantId) return;
  if (verdict === 'resume') return resumeReply(step, reply);
  // Words are coming: the hold waits for them, within its longest time.
  if (draftText(draft) !== '' && step.ear(participantId)?.hearing.phase === 'speaking') {
    step.putReply({ ...reply, phase: { ...reply.phase, endsAtMs: reply.phase.sinceMs + HOLD.longestMs } });
  }
}

function canBeInterrupted(step: Step, reply: Reply): boolean {
  if (isMuted(step)) return false;
  if (isAudible(reply)) return step.state.settings.turn.allowInterruptions;
  // A line that is about to sound does; what is said before it is answered after it.
  return reply.cause.kind === 'answer';
}

function voiceOf(reply: Reply): AgentVoice {
  return isAudible(reply)
    ? { phase: 'audible', asksQuestion: asksQuestion(reply.ledger) }
    : { phase: 'preparing' };
}

function endTurn(step: Step, participantId: ParticipantId, draft: TurnDraft): void {
  judgeWords(step, participantId, draft, true);
  const text = draftText(draft);
  if (text !== '') caption(step, participantId, draft, true);
  if (isMuted(step)) {
    if (text !== '') keepWords(step, { participantId, turnId: draft.turnId, text });
    return;
  }
  const reply = openReplyOf(step.state);
  const hasFloor = reply === null || reply.phase.phase === 'stopping' || isComingLine(reply);
  if (!hasFloor) {
    if (text === '') return;
    return step.set({
      conversation: addItem(step.state.conversation, { kind: 'overlap', participantId, text }),
    });
  }
  const said = [...takeKept(step, participantId).map((words) => words.text), text]
    .filter((part) => part !== '')
    .join(' ');
  const isUnintelligible = said === '' && draft.rejectedWordCount > 0;
  if (said === '' && !isUnintelligible) return;
  commitTurn(step, participantId, draft.turnId, { text: said, source: 'speech', isUnintelligible });
}

function isComingLine(reply: Reply): boolean {
  return reply.cause.kind === 'line' && !isAudible(reply);
}

function caption(step: Step, participantId: ParticipantId, draft: TurnDraft, isFinal: boolean): void {
  const text = draftText(draft);
  if (text !== '')
    step.emit({ type: 'captionUser', data: { participantId, turnId: draft.turnId, text, isFinal } });
}
