import type { ParticipantId } from '@parley/contracts/ids';
import { asksQuestion } from '../conversation/heard-ledger.ts';
import { isAudible, type Reply } from '../reply/reply.ts';
import { draftText, type TurnDraft, wordsOf } from '../turn/draft.ts';
import { draftOf } from '../turn/ear.ts';
import { ECHO_REACH_MS, isEcho } from '../turn/echo.ts';
import { type AgentVoice, HOLD, judgeOverlap, type OverlapVerdict } from '../turn/interruption.ts';
import { FULL_TRUST, holdRule } from '../turn/patience.ts';
import { consistsOf, phraseListsFor } from '../turn/phrases/phrase-lists.ts';
import { isMuted } from './muting.ts';
import { isLimitLine, resumeReply, stopReply } from './replies.ts';
import { openReplyOf } from './state.ts';
import type { Step } from './step.ts';

/** First step of a barge-in: the agent falls silent, reversibly, before it is known what is said. */
export function holdFor(step: Step, participantId: ParticipantId): void {
  const reply = openReplyOf(step.state);
  if (reply === null || (reply.phase.phase !== 'sounding' && reply.phase.phase !== 'preparing')) return;
  if (!canBeInterrupted(step, reply)) return;
  const wordlessMs = step.state.settings.givesInterims ? HOLD.wordlessMs : HOLD.wordlessWithoutInterimsMs;
  const hasWords = wordsSoFar(step, participantId) !== '';
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

/** What was understood of a participant's open turn; empty where there is none. */
export function wordsSoFar(step: Step, participantId: ParticipantId): string {
  const ear = step.ear(participantId);
  const draft = ear === undefined ? null : draftOf(ear);
  return draft === null ? '' : draftText(draft);
}

export function boundHold(step: Step, participantId: ParticipantId, endsAtMs: number): void {
  const reply = openReplyOf(step.state);
  if (reply?.phase.phase !== 'held' || reply.phase.by !== participantId) return;
  const bound = Math.max(step.atMs, Math.min(reply.phase.endsAtMs, endsAtMs));
  step.putReply({ ...reply, phase: { ...reply.phase, endsAtMs: bound } });
}

/** Second step: the words decide whether the participant takes the floor. */
export function judgeWords(
  step: Step,
  participantId: ParticipantId,
  draft: TurnDraft,
  isFinal: boolean,
): void {
  const reply = openReplyOf(step.state);
  if (reply === null || reply.phase.phase === 'stopping') return;
  if (!canBeInterrupted(step, reply)) return;
  const verdict = verdictOn(step, draft, reply, isFinal);
  if (verdict === 'commit') {
    step.set({ patience: FULL_TRUST });
    return stopReply(step, reply, 'interrupted');
  }
  if (draftText(draft) !== '' && step.ear(participantId)?.hearing.phase === 'speaking')
    holdForWords(step, participantId, draft, reply);
  if (reply.phase.phase !== 'held' || reply.phase.by !== participantId) return;
  if (verdict === 'resume') resumeReply(step, reply);
}

function verdictOn(step: Step, draft: TurnDraft, reply: Reply, isFinal: boolean): OverlapVerdict {
  const { settings, flow } = step.state;
  if (isEchoed(step, draft)) return isFinal ? 'resume' : 'undecided';
  return judgeOverlap(
    draft,
    voiceOf(reply, flow.asksFor === 'yesNo'),
    isFinal,
    settings.turn,
    phraseListsFor(settings.language, settings.phrases),
  );
}

/** Words are coming: the hold waits for them, within its longest time; where speech is not believed, they begin one. */
function holdForWords(step: Step, participantId: ParticipantId, draft: TurnDraft, reply: Reply): void {
  const { phase } = reply;
  if (phase.phase === 'held') {
    if (phase.by !== participantId) return;
    return step.putReply({ ...reply, phase: { ...phase, endsAtMs: phase.sinceMs + HOLD.longestMs } });
  }
  const { settings, patience } = step.state;
  if (holdRule(patience, step.atMs).kind !== 'words' || isEchoed(step, draft)) return;
  const lists = phraseListsFor(settings.language, settings.phrases);
  if (consistsOf(wordsOf(draftText(draft)), [...lists.backchannels, ...lists.assents])) return;
  holdFor(step, participantId);
}

/**
 * What was said since the agent was last heard is the agent's own voice, come back. A recogniser that knows no such
 * sentence rejects it: after a turn that was not understood either, it is taken for the agent saying so.
 */
export function isEchoed(step: Step, draft: TurnDraft): boolean {
  const { text, atMs, isQuestion } = step.state.lastSpoken;
  const afterMs = draft.startedAtMs - atMs;
  if (afterMs >= ECHO_REACH_MS) return false;
  const words = wordsOf(draftText(draft));
  if (words.length === 0) return draft.rejectedWordCount > 0 && wasLastTurnRejected(step);
  // Who is asked "Monday or Tuesday?" may well say "Monday" before the end.
  return isEcho(words, text, afterMs < 0 && !isQuestion);
}

function wasLastTurnRejected({ state }: Step): boolean {
  const last = state.conversation.items.findLast((item) => item.kind === 'turn');
  return last?.kind === 'turn' && last.isUnintelligible;
}

function canBeInterrupted(step: Step, reply: Reply): boolean {
  if (isMuted(step) || isLimitLine(reply)) return false;
  if (isAudible(reply)) return step.state.settings.turn.allowInterruptions;
  // A line that is about to sound does; what is said before it is answered after it.
  return reply.cause.kind === 'answer';
}

function voiceOf(reply: Reply, nodeAsks: boolean): AgentVoice {
  return isAudible(reply)
    ? { phase: 'audible', asksQuestion: nodeAsks || asksQuestion(reply.ledger) }
    : { phase: 'preparing' };
}
