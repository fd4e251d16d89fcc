import type { ParticipantId, ReplyId, TurnId } from '@parley/contracts/ids';
import type { Conversation } from '../conversation/conversation.ts';
import { EMPTY_LEDGER, type HeardLedger } from '../conversation/heard-ledger.ts';
import type { FlowState } from '../flow/flow-state.ts';
import { EMPTY_SEGMENTER, type Segmenter } from './segmenter.ts';

/** One answer of the agent, while it is open. */
export interface Reply {
  readonly replyId: ReplyId;
  readonly cause: ReplyCause;
  readonly phase: ReplyPhase;
  readonly source: ReplySource;
  readonly ledger: HeardLedger;
  /** What happens once the whole reply was heard. */
  readonly afterwards: 'listen' | 'endCall';
}

export type FixedLine = 'greeting' | 'resume' | 'apology';

/** An answer to a turn, or a line that the agent speaks without asking the model. */
export type ReplyCause =
  | { readonly kind: 'answer'; readonly turnId: TurnId }
  | { readonly kind: 'line'; readonly line: FixedLine | 'idle' | 'consent' | 'limit' | 'rest' };

/** Where the reply's text comes from, and whether more of it does. */
export type ReplySource =
  | { readonly phase: 'streaming'; readonly segmenter: Segmenter; readonly segmentCount: number }
  | { readonly phase: 'complete' };

/** What a speculative answer was made from, and what of it waits. */
export interface Guess {
  readonly participantId: ParticipantId;
  /** The caller's words, normalised: lower case, without punctuation. */
  readonly words: string;
  readonly conversation: Conversation;
  readonly flow: FlowState;
  /** Sentences after the first, which alone goes to the voice. */
  readonly heldBack: readonly string[];
  readonly toolCalls: readonly { readonly name: string; readonly argumentsJson: string }[];
  /** The model has finished. */
  readonly isComplete: boolean;
}

/** Every phase is left by its deadline. */
export type ReplyPhase =
  /** Nothing of it sounds yet. */
  | { readonly phase: 'preparing'; readonly endsAtMs: number }
  | { readonly phase: 'sounding'; readonly endsAtMs: number }
  /** Silenced, perhaps interrupted; goes on or stops. */
  | {
      readonly phase: 'held';
      readonly by: ParticipantId;
      readonly sinceMs: number;
      readonly endsAtMs: number;
      readonly was: 'preparing' | 'sounding';
    }
  /** Made on a guess of what the turn will be; nobody hears it. */
  | { readonly phase: 'speculating'; readonly endsAtMs: number; readonly guess: Guess }
  /** Cut; waits to be told what was heard. */
  | { readonly phase: 'stopping'; readonly endsAtMs: number; readonly why: 'interrupted' | 'failed' };

export function openReply(replyId: ReplyId, cause: ReplyCause, endsAtMs: number): Reply {
  return {
    replyId,
    cause,
    phase: { phase: 'preparing', endsAtMs },
    source: { phase: 'streaming', segmenter: EMPTY_SEGMENTER, segmentCount: 0 },
    ledger: EMPTY_LEDGER,
    afterwards: 'listen',
  };
}

/** The caller hears it now, or would if it were not held. */
export function isAudible(reply: Reply): boolean {
  const { phase } = reply;
  return phase.phase === 'sounding' || (phase.phase === 'held' && phase.was === 'sounding');
}
