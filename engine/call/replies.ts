import type { CallEvent } from '@parley/contracts/call-event';
import type { CarriedCall, ConversationItem } from '@parley/contracts/carried-call';
import { type ReplyId, replyIdSchema, segmentIdSchema } from '@parley/contracts/ids';
import { addItem, closeReplyItem } from '../conversation/conversation.ts';
import {
  addSegment,
  asksQuestion,
  heardSpeech,
  heardText,
  hearUpTo,
  hearWholeSegment,
  unheardText,
} from '../conversation/heard-ledger.ts';
import { plainText } from '../reply/markup.ts';
import { type FixedLine, hearModel, openReply, type Reply, type ReplyCause } from '../reply/reply.ts';
import { flushText } from '../reply/segmenter.ts';
import { speechOf } from '../reply/spoken/speech.ts';
import { lastWords } from '../turn/echo.ts';
import { restartIdle } from '../turn/idle.ts';
import { afterFalseHold } from '../turn/patience.ts';
import { applyToolCall } from './builtin-tools.ts';
import { endCall } from './ending.ts';
import { unmuteAfterUtterance } from './muting.ts';
import { WAIT } from './settings.ts';
import { isOverCeiling, openReplyOf } from './state.ts';
import type { Step } from './step.ts';

/** Asks the model for the answer to the turn that the floor owes one. */
export function startAnswer(step: Step): void {
  const { floor, call, flow } = step.state;
  if (floor.phase !== 'owed' || call.phase !== 'live' || openReplyOf(step.state) !== null) return;
  if (isOverCeiling(step.state)) return;
  step.set({ floor: { phase: 'free' } });
  const reply = beginReply(step, { kind: 'answer', turnId: floor.turnId }, WAIT.firstTextMs);
  step.emit({ type: 'startLlm', data: { replyId: reply.replyId, node: flow.node, speculativeText: null } });
}

/** Speaks a line of the agent's definition, without the model. */
export function speakLine(step: Step, line: FixedLine): void {
  const { greeting, resumeLine, apology, consentLine } = step.state.settings;
  const opening = step.state.recording === 'waiting' ? `${greeting} ${consentLine}` : greeting;
  const text = plainText({ greeting: opening, resume: resumeLine, apology }[line]);
  speakText(step, { kind: 'line', line }, text);
}

/** Speaks the rest of a reply that an earlier generation began. */
export function speakRest(step: Step, rest: NonNullable<CarriedCall['unsaid']>): void {
  const { text, turnId, afterwards } = rest;
  const cause: ReplyCause = turnId === null ? { kind: 'line', line: 'rest' } : { kind: 'answer', turnId };
  speakText(step, cause, text, afterwards);
}

/** Answers the caller's consent, or the lack of it. */
export function speakConsentLine(step: Step, text: string): void {
  speakText(step, { kind: 'line', line: 'consent' }, text);
}

/** Speaks to a caller who has fallen silent. */
export function speakIdleLine(step: Step, text: string, endsCall: boolean): void {
  speakText(step, { kind: 'line', line: 'idle' }, plainText(text), endsCall ? 'endCall' : 'listen');
}

/** Speaks before a call that has reached a limit ends. */
export function speakLimitLine(step: Step, text: string): void {
  speakText(step, { kind: 'line', line: 'limit' }, text, 'endCall');
}

/** A text without markup. */
function speakText(
  step: Step,
  cause: ReplyCause,
  text: string,
  afterwards: Reply['afterwards'] = 'listen',
): void {
  const reply = beginReply(step, cause, WAIT.firstSoundMs);
  step.putReply({ ...reply, afterwards });
  speak(step, reply.replyId, text === '' ? [] : [text]);
  completeSource(step, reply.replyId);
}

/** Stops a reply: the vendor's work, the sound, and what of it counts as said. */
export function stopReply(step: Step, reply: Reply, why: 'interrupted' | 'failed'): void {
  if (reply.phase.phase === 'stopping') return;
  const { replyId } = reply;
  step.emit({ type: 'abortReply', data: { replyId, reason: why } });
  step.emit({ type: 'clearPlayout', data: { replyId } });
  step.putReply({ ...reply, phase: { phase: 'stopping', endsAtMs: step.atMs + WAIT.stoppingMs, why } });
}

/** What model, voice and playout tell of a reply. Whatever names a reply that is not open is dropped. */
export function onReply(step: Step, event: ReplyEvent): void {
  const reply = step.reply(event.data.replyId);
  if (reply === undefined) return step.drop();
  const { replyId } = reply;
  const isStopping = reply.phase.phase === 'stopping';
  switch (event.type) {
    case 'llmTextDelta': {
      if (isStopping || reply.source.phase !== 'streaming') return step.drop();
      const { source, segments } = hearModel(reply.source, event.data.text, opening(step));
      step.putReply({ ...reply, source });
      return speak(step, replyId, segments);
    }
    case 'llmToolCalled':
      return isStopping ? step.drop() : applyToolCall(step, reply, event.data.name, event.data.argumentsJson);
    case 'llmFinished':
      if (isStopping || reply.source.phase !== 'streaming') return step.drop();
      speak(step, replyId, flushText(reply.source.segmenter));
      return completeSource(step, replyId);
    case 'llmFailed':
    case 'ttsFailed':
      return isStopping ? step.drop() : stopReply(step, reply, 'failed');
    case 'playoutStarted':
      return isStopping ? undefined : putSounding(step, reply);
    case 'playoutResumed':
      return reply.phase.phase === 'sounding' ? putSounding(step, reply) : undefined;
    case 'playoutProgressed': {
      const heard = { ...reply, ledger: hearUpTo(reply.ledger, event.data.segmentId, event.data.charEnd) };
      return tellHeard(step, reply, heard);
    }
    case 'segmentPlayed':
      return tellHeard(step, reply, {
        ...reply,
        ledger: hearWholeSegment(reply.ledger, event.data.segmentId),
      });
    case 'playoutHeld':
    case 'ttsStarted':
      return;
    case 'playoutCleared': {
      const { segmentId, charEnd } = event.data;
      const ledger = segmentId === null ? reply.ledger : hearUpTo(reply.ledger, segmentId, charEnd);
      return isStopping ? closeReply(step, captioned(step, reply, { ...reply, ledger }), true) : step.drop();
    }
    case 'playoutFinished':
      return isStopping ? step.drop() : closeReply(step, reply, false);
  }
}

type ReplyEvent = Extract<CallEvent, { data: { replyId: ReplyId } }>;

export function isReplyEvent(event: CallEvent): event is ReplyEvent {
  return 'replyId' in event.data;
}

/** Replies whose deadline has come. */
export function expireReplies(step: Step): void {
  for (const reply of Object.values(step.state.replies)) {
    if (step.atMs < reply.phase.endsAtMs) continue;
    switch (reply.phase.phase) {
      case 'preparing':
      case 'sounding':
        stopReply(step, reply, 'failed');
        break;
      case 'held':
        resumeReply(step, reply);
        break;
      case 'stopping':
        closeReply(step, reply, true);
        break;
      case 'speculating':
        // Thrown away when the step settles.
        break;
    }
  }
}

/** A hold was a false one: the agent goes on where it stopped. */
export function resumeReply(step: Step, reply: Reply): void {
  if (reply.phase.phase !== 'held') return;
  step.count('falseHolds');
  step.set({ patience: afterFalseHold(step.state.patience, step.atMs) });
  step.emit({ type: 'resumePlayout', data: { replyId: reply.replyId } });
  const endsAtMs = step.atMs + (reply.phase.was === 'sounding' ? WAIT.stallMs : WAIT.firstTextMs);
  step.putReply({ ...reply, phase: { phase: reply.phase.was, endsAtMs } });
}

/** Nothing that is said over it keeps the call. */
export function isLimitLine({ cause }: Reply): boolean {
  return cause.kind === 'line' && cause.line === 'limit';
}

function beginReply(step: Step, cause: ReplyCause, waitMs: number): Reply {
  const replyId = takeReplyId(step);
  const reply = openReply(replyId, cause, step.atMs + waitMs);
  step.putReply(reply);
  step.set({ conversation: addItem(step.state.conversation, emptyReplyItem(replyId)) });
  return reply;
}

export function takeReplyId(step: Step): ReplyId {
  return replyIdSchema.parse(`r${step.state.settings.generation}.${step.count('replies')}`);
}

/** A reply of which nothing was heard yet, as the conversation keeps its place. */
export function emptyReplyItem(replyId: ReplyId): ConversationItem {
  return { kind: 'reply', replyId, heard: '', unheard: '', isInterrupted: false, isOpen: true };
}

/** What the first words of a reply need to know. */
export function opening({ state, atMs }: Step): { readonly language: string; readonly opensAtMs: number } {
  return { language: state.settings.language, opensAtMs: atMs + WAIT.firstClauseMs };
}

/** Gives segments, without markup, to the voice; it is told how they are said. */
export function speak(step: Step, replyId: ReplyId, texts: readonly string[]): void {
  for (const text of texts) {
    const reply = step.reply(replyId);
    if (reply?.source.phase !== 'streaming') return;
    const segmentId = segmentIdSchema.parse(`${replyId}.${reply.source.segmentCount + 1}`);
    const isFirst = reply.source.segmentCount === 0;
    const speech = speechOf(text, step.state.settings.language);
    step.putReply({
      ...reply,
      source: { ...reply.source, segmentCount: reply.source.segmentCount + 1 },
      ledger: addSegment(reply.ledger, segmentId, speech),
      phase:
        isFirst && reply.phase.phase === 'preparing'
          ? { phase: 'preparing', endsAtMs: step.atMs + WAIT.firstSoundMs }
          : reply.phase,
    });
    const { spoken, written } = speech;
    const data = { replyId, segmentId, text: spoken, ...(spoken === written ? {} : { written }) };
    step.emit({ type: 'speak', data });
  }
}

export function completeSource(step: Step, replyId: ReplyId): void {
  const reply = step.reply(replyId);
  if (reply?.source.phase !== 'streaming') return;
  const complete: Reply = { ...reply, source: { phase: 'complete' } };
  step.putReply(complete);
  if (reply.source.segmentCount > 0) return step.emit({ type: 'finishSpeech', data: { replyId } });
  // The model said nothing: no fault where it only asked to end, else the caller must not wait for ever.
  if (reply.afterwards === 'endCall') closeReply(step, complete, false);
  else stopReply(step, complete, 'failed');
}

function putSounding(step: Step, reply: Reply): void {
  const { phase } = reply;
  if (phase.phase === 'held') return step.putReply({ ...reply, phase: { ...phase, was: 'sounding' } });
  step.putReply({ ...reply, phase: { phase: 'sounding', endsAtMs: step.atMs + WAIT.stallMs } });
}

function tellHeard(step: Step, before: Reply, after: Reply): void {
  const captionedReply = captioned(step, before, after);
  if (captionedReply.phase.phase === 'stopping') step.putReply(captionedReply);
  else putSounding(step, captionedReply);
}

/** Captions what was heard since the last time. */
function captioned(step: Step, before: Reply, after: Reply): Reply {
  const delta = heardText(after.ledger).slice(heardText(before.ledger).length);
  if (delta !== '') {
    step.emit({ type: 'captionAgent', data: { replyId: after.replyId, delta } });
    const text = lastWords(heardSpeech(after.ledger));
    step.set({ lastSpoken: { text, atMs: step.atMs, isQuestion: asksQuestion(after.ledger) } });
  }
  return after;
}

function closeReply(step: Step, reply: Reply, isCut: boolean): void {
  const { replyId, ledger, phase } = reply;
  const hasFailed = phase.phase === 'stopping' && phase.why === 'failed';
  const outcome = { heard: heardText(ledger), unheard: unheardText(ledger), isInterrupted: isCut };
  step.set({ conversation: closeReplyItem(step.state.conversation, replyId, outcome) });
  step.removeReply(replyId);
  // The rest of a greeting that an earlier generation began counts as one.
  if (reply.cause.kind === 'line' && ['greeting', 'rest'].includes(reply.cause.line))
    unmuteAfterUtterance(step);
  // The check of a silent caller pauses the count; anything else that was said restarts it.
  if (reply.cause.kind !== 'line' || reply.cause.line !== 'idle')
    step.set({ idle: restartIdle(step.state.idle, step.atMs) });
  const unheard = isCut ? outcome.unheard : '';
  step.emit({ type: 'closeCaption', data: { replyId, isInterrupted: isCut, unheard } });
  if (isLimitLine(reply)) return endCall(step, 'cost_limit');
  // A goodbye that cannot be spoken ends the call all the same; one that is interrupted does not.
  if (reply.afterwards === 'endCall' && (!isCut || hasFailed)) return endCall(step, 'agent_ended');
  // An apology that fails is not followed by another: the call listens again.
  if (hasFailed && reply.cause.kind === 'answer' && step.state.floor.phase === 'free')
    speakLine(step, 'apology');
}
