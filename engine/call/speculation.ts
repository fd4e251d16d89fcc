import type { CallEvent } from '@parley/contracts/call-event';
import type { ParticipantId, ReplyId, TurnId } from '@parley/contracts/ids';
import { addItem } from '../conversation/conversation.ts';
import { type Guess, hearModel, openReply } from '../reply/reply.ts';
import { EMPTY_SEGMENTER, flushText } from '../reply/segmenter.ts';
import { draftText, type TurnDraft, wordsOf } from '../turn/draft.ts';
import { applyToolCall, isBuiltinTool } from './builtin-tools.ts';
import { isMuted, wordsSaid } from './muting.ts';
import { completeSource, emptyReplyItem, opening, speak, takeReplyId } from './replies.ts';
import { WAIT } from './settings.ts';
import { isOverCeiling, openReplyOf, type SpeculativeReply, speculativeReplyOf } from './state.ts';
import type { Step } from './step.ts';

/**
 * Begins the answer while the caller pauses, before the turn is over: the model is asked and the first clause given to
 * the voice, whose sound is held. It is let go when the turn ends with the same words and nothing else has changed, and
 * thrown away otherwise.
 */
export function speculate(step: Step, participantId: ParticipantId, draft: TurnDraft): void {
  const { state } = step;
  const words = spokenWords(step, participantId, draftText(draft));
  if (words === '' || words === state.speculation.refusedWords || !maySpeculate(step, draft.turnId)) return;
  const open = speculativeReplyOf(state);
  if (open?.phase.guess.words === words && isStillRight(step, open)) return;
  discardSpeculation(step);
  const replyId = takeReplyId(step);
  const guess: Guess = {
    participantId,
    words,
    conversation: state.conversation,
    flow: state.flow,
    heldBack: [],
    toolCalls: [],
    isComplete: false,
  };
  const endsAtMs = step.atMs + WAIT.firstTextMs;
  const reply = openReply(replyId, { kind: 'answer', turnId: draft.turnId }, endsAtMs);
  step.putReply({ ...reply, phase: { phase: 'speculating', endsAtMs, guess } });
  const isSameTurn = state.speculation.turnId === draft.turnId;
  const made = isSameTurn ? state.speculation.made + 1 : 1;
  step.set({ speculation: { ...state.speculation, turnId: draft.turnId, made } });
  step.count('speculations');
  const speculativeText = wordsSaid(step, participantId, draftText(draft));
  step.emit({ type: 'startLlm', data: { replyId, node: state.flow.node, speculativeText } });
  step.emit({ type: 'holdPlayout', data: { replyId } });
}

/** Whether the answer under way is the one to a turn that ends with this text; asked before the turn is committed. */
export function rightGuess(step: Step, participantId: ParticipantId, said: string): SpeculativeReply | null {
  const reply = speculativeReplyOf(step.state);
  if (reply === null || !isStillRight(step, reply)) return null;
  const { guess } = reply.phase;
  const isSame = guess.participantId === participantId && guess.words === wordsOf(said).join(' ');
  return isSame ? reply : null;
}

/** The turn was committed as guessed: its answer is let go. */
export function release(step: Step, reply: SpeculativeReply, turnId: TurnId): void {
  const { replyId } = reply;
  const { heldBack, toolCalls, isComplete } = reply.phase.guess;
  const hasText = reply.source.phase === 'streaming' && reply.source.segmentCount > 0;
  const endsAtMs = step.atMs + (hasText ? WAIT.firstSoundMs : WAIT.firstTextMs);
  step.set({
    floor: { phase: 'free' },
    conversation: addItem(step.state.conversation, emptyReplyItem(replyId)),
  });
  step.putReply({ ...reply, cause: { kind: 'answer', turnId }, phase: { phase: 'preparing', endsAtMs } });
  step.count('usedSpeculations');
  step.emit({ type: 'resumePlayout', data: { replyId } });
  speak(step, replyId, heldBack);
  for (const { name, argumentsJson } of toolCalls) {
    const current = step.reply(replyId);
    if (current !== undefined) applyToolCall(step, current, name, argumentsJson);
  }
  if (isComplete) completeSource(step, replyId);
}

/** Throws the answer away, at its vendors too; nobody heard of it. */
export function discardSpeculation(step: Step): void {
  const reply = speculativeReplyOf(step.state);
  if (reply === null) return;
  const { replyId } = reply;
  step.emit({ type: 'abortReply', data: { replyId, reason: 'discarded' } });
  step.emit({ type: 'clearPlayout', data: { replyId } });
  step.removeReply(replyId);
}

/** What another answer, or a change of what it was made from, makes worthless goes at once. */
export function settleSpeculation(step: Step): void {
  const reply = speculativeReplyOf(step.state);
  if (reply === null) return;
  const isOverdue = step.atMs >= reply.phase.endsAtMs;
  if (isOverdue || !isStillRight(step, reply) || !isFree(step)) discardSpeculation(step);
}

/** What model and voice tell of an answer that nobody may hear yet. */
export function onSpeculation(step: Step, reply: SpeculativeReply, event: ReplyEvent): void {
  const { replyId } = reply;
  switch (event.type) {
    case 'llmTextDelta': {
      if (reply.source.phase !== 'streaming') return step.drop();
      const { source, segments } = hearModel(reply.source, event.data.text, opening(step));
      step.putReply({ ...reply, source });
      return speakFirst(step, replyId, segments);
    }
    case 'llmToolCalled': {
      const { name, argumentsJson } = event.data;
      // Tools never run on a guess. Those of the call itself wait; for another the turn's end is waited for.
      if (!isBuiltinTool(name)) return refuse(step, reply);
      const toolCalls = [...reply.phase.guess.toolCalls, { name, argumentsJson }];
      return putGuess(step, reply, { toolCalls });
    }
    case 'llmFinished': {
      if (reply.source.phase !== 'streaming') return step.drop();
      // Nothing is left of what is held back, or it would be spoken twice when its time comes.
      const source = { ...reply.source, segmenter: EMPTY_SEGMENTER, opensAtMs: null };
      step.putReply({ ...reply, source });
      speakFirst(step, replyId, flushText(reply.source.segmenter));
      const spoken = speculativeReplyOf(step.state);
      return spoken === null ? undefined : putGuess(step, spoken, { isComplete: true });
    }
    case 'llmFailed':
    case 'ttsFailed':
      return refuse(step, reply);
    default:
      return;
  }
}

type ReplyEvent = Extract<CallEvent, { data: { replyId: ReplyId } }>;

/** Only the first segment goes to the voice: what is thrown away should cost little. */
export function speakFirst(step: Step, replyId: ReplyId, segments: readonly string[]): void {
  const reply = step.reply(replyId);
  if (reply?.source.phase !== 'streaming' || reply.phase.phase !== 'speculating') return;
  const now = reply.source.segmentCount === 0 ? segments.slice(0, 1) : [];
  speak(step, replyId, now);
  const spoken = speculativeReplyOf(step.state);
  if (spoken === null) return;
  putGuess(step, spoken, { heldBack: [...spoken.phase.guess.heldBack, ...segments.slice(now.length)] });
}

/** An answer to these words cannot be begun on a guess: the turn's end is waited for. */
function refuse(step: Step, { phase }: SpeculativeReply): void {
  discardSpeculation(step);
  step.set({ speculation: { ...step.state.speculation, refusedWords: phase.guess.words } });
}

function putGuess(step: Step, reply: SpeculativeReply, change: Partial<Guess>): void {
  step.putReply({ ...reply, phase: { ...reply.phase, guess: { ...reply.phase.guess, ...change } } });
}

function maySpeculate(step: Step, turnId: TurnId): boolean {
  const { settings, speculation, counts } = step.state;
  const { enabled, maxPerTurn, maxPerCall } = settings.pipeline.speculation;
  if (!enabled || counts.speculations >= maxPerCall) return false;
  if (speculation.turnId === turnId && speculation.made >= maxPerTurn) return false;
  // A caller who is asked for consent may answer that, and the model is not told.
  return isFree(step) && !isMuted(step) && step.state.recording !== 'waiting';
}

function isFree({ state }: Step): boolean {
  const { call, floor, flow, tools } = state;
  if (isOverCeiling(state)) return false;
  if (call.phase !== 'live' || floor.phase !== 'free' || !flow.allowsSpeculation) return false;
  return openReplyOf(state) === null && Object.keys(tools).length === 0;
}

/** Nothing that the answer is made from has changed. States are never altered, so that the same one is the same. */
function isStillRight({ state }: Step, { phase }: SpeculativeReply): boolean {
  const { guess } = phase;
  if (guess.conversation !== state.conversation || guess.flow !== state.flow) return false;
  return state.ears[guess.participantId] !== undefined;
}

function spokenWords(step: Step, participantId: ParticipantId, text: string): string {
  return text === '' ? '' : wordsOf(wordsSaid(step, participantId, text)).join(' ');
}
