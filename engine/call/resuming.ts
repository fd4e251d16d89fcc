import type { CarriedCall } from '@parley/contracts/carried-call';
import type { ReplyId } from '@parley/contracts/ids';
import { closeReplyItem } from '../conversation/conversation.ts';
import { heardText, unheardText } from '../conversation/heard-ledger.ts';
import { joinSegments } from '../reply/join-segments.ts';
import type { Reply } from '../reply/reply.ts';
import { flushText } from '../reply/segmenter.ts';
import { draftText } from '../turn/draft.ts';
import { draftOf, type Ear } from '../turn/ear.ts';
import { unmuteAfterUtterance } from './muting.ts';
import { recordFromHere } from './recording.ts';
import { isLimitLine, speakLine, speakRest } from './replies.ts';
import { type CallState, openReplyOf, type Resumption } from './state.ts';
import type { Step } from './step.ts';

/** Speech that had lasted so long, in ms, was words, though none were understood yet. */
const LOST_SPEECH_MS = 500;

/**
 * What the next generation goes on from: all that was said and heard, and what was under way when the process was lost.
 * Null where the generation was lost before it knew of an earlier one.
 */
export function carryOver(state: CallState, lostAtMs: number): CarriedCall | null {
  if (state.settings.resumes && state.call.phase === 'opening' && state.resumption === null) return null;
  const { flow, kept, awaitsFirstUtterance, recording, resumption, settings, spentUsd, switching } = state;
  const reply = openReplyOf(state);
  const rest = reply === null ? '' : restOf(reply);
  const isUnanswered = reply?.cause.kind === 'answer' && heardText(reply.ledger) === '';
  const isInSentence = Object.values(state.ears).some((ear) => isLostWith(ear, lostAtMs));
  const hasLostWords = isInSentence || (resumption?.hasLostWords ?? false);
  const carried = {
    lostAtMs,
    conversation: withoutOpenReply(state, reply?.replyId ?? null),
    flow,
    hasLostWords,
    kept: [...kept],
    awaitsFirstUtterance,
    recording,
    spentUsd,
    providers: { ...switching.inUse, language: settings.language },
  };
  // Lost again before it could go on: what the one before left still holds.
  if (state.call.phase === 'opening')
    return {
      ...carried,
      owed: resumption?.owed ?? null,
      unsaid: resumption?.unsaid ?? null,
      endsAtMs: resumption?.endsAtMs ?? null,
    };
  const owed =
    state.floor.phase === 'owed'
      ? { turnId: state.floor.turnId, participantId: state.floor.participantId }
      : isUnanswered
        ? askerOf(state, reply)
        : null;
  const unsaid =
    reply === null || reply.phase.phase === 'stopping' || isLimitLine(reply) || isUnanswered || rest === ''
      ? null
      : {
          text: rest,
          turnId: reply.cause.kind === 'answer' ? reply.cause.turnId : null,
          afterwards: reply.afterwards,
        };
  return { ...carried, owed, unsaid, endsAtMs: state.call.phase === 'live' ? state.call.endsAtMs : null };
}

/** Takes over what an earlier generation left; it is acted on when the call is live again. */
export function resumeFrom(step: Step, carried: CarriedCall): void {
  const { conversation, flow, kept, awaitsFirstUtterance, recording, owed, unsaid, hasLostWords, endsAtMs } =
    carried;
  step.set({
    conversation: { items: conversation },
    flow,
    kept,
    awaitsFirstUtterance,
    recording,
    spentUsd: carried.spentUsd,
    resumption: { owed, unsaid, hasLostWords, endsAtMs },
  });
}

/** The first thing that a resumed call does: goes on where it was cut, with a line only where words were lost. */
export function goOn(step: Step): void {
  const { resumption } = step.state;
  step.set({ resumption: null });
  const { owed, unsaid, hasLostWords } = resumption ?? NOTHING_KNOWN;
  const goesOn = owed === null && unsaid !== null && !hasLostWords;
  if (!goesOn) unmuteAfterUtterance(step);
  if (resumption === null) recordFromHere(step);
  if (owed !== null) return step.set({ floor: { phase: 'owed', ...owed } });
  if (hasLostWords) return speakLine(step, 'resume');
  if (unsaid !== null) speakRest(step, unsaid);
}

/** Nothing is known of what was said, so that the caller is asked. */
const NOTHING_KNOWN: Pick<Resumption, 'owed' | 'unsaid' | 'hasLostWords'> = {
  owed: null,
  unsaid: null,
  hasLostWords: true,
};

/** What the voice was given, or the model had written, and nobody heard. */
function restOf({ ledger, source }: Reply): string {
  const unspoken = source.phase === 'streaming' ? flushText(source.segmenter) : [];
  return joinSegments([unheardText(ledger), ...unspoken]);
}

/** A click or a breath is nothing that is missed. */
function isLostWith(ear: Ear, lostAtMs: number): boolean {
  const draft = draftOf(ear);
  return draft !== null && (draftText(draft) !== '' || lostAtMs - draft.startedAtMs >= LOST_SPEECH_MS);
}

function askerOf(state: CallState, { cause }: Reply): CarriedCall['owed'] {
  if (cause.kind !== 'answer') return null;
  const turn = state.conversation.items.findLast(
    (item) => item.kind === 'turn' && item.turnId === cause.turnId,
  );
  return turn?.kind === 'turn' ? { turnId: turn.turnId, participantId: turn.participantId } : null;
}

/** A reply that was cut off counts as said as far as it was heard; nobody interrupted it. */
function withoutOpenReply(state: CallState, replyId: ReplyId | null): CarriedCall['conversation'] {
  const reply = replyId === null ? undefined : state.replies[replyId];
  if (reply === undefined) return [...state.conversation.items];
  const heard = heardText(reply.ledger);
  const isInterrupted = reply.phase.phase === 'stopping';
  const unheard = isInterrupted ? unheardText(reply.ledger) : '';
  return [...closeReplyItem(state.conversation, reply.replyId, { heard, unheard, isInterrupted }).items];
}
