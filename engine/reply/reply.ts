import type { ParticipantId, ReplyId, TurnId } from '@parley/contracts/ids';
import type { Conversation } from '../conversation/conversation.ts';
import { EMPTY_LEDGER, type HeardLedger } from '../conversation/heard-ledger.ts';
import type { FlowState } from '../flow/flow-state.ts';
import { addText, EMPTY_SEGMENTER, openEarly, type Segmenter } from './segmenter.ts';

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
export type ReplySource = StreamingSource | { readonly phase: 'complete' };

interface StreamingSource {
  readonly phase: 'streaming';
  readonly segmenter: Segmenter;
  readonly segmentCount: number;
  /** When the first words are given to the voice though their clause goes on; null before any came, and afterwards. */
  readonly opensAtMs: number | null;
}

/** What a speculative answer was made from, and what of it waits. */
export interface Guess {
  readonly participantId: ParticipantId;
  /** The caller's words, normalised: lower case, without punctuation. */
  readonly words: string;
  readonly conversation: Conversation;
  readonly flow: FlowState;
  /** Segments after the first, which alone goes to the voice. */
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
    source: { phase: 'streaming', segmenter: EMPTY_SEGMENTER, segmentCount: 0, opensAtMs: null },
    ledger: EMPTY_LEDGER,
    afterwards: 'listen',
  };
}

/** The model's text goes on; with the segments that are whole now. `opensAtMs`: if these are its first words. */
export function hearModel(
  source: StreamingSource,
  delta: string,
  { language, opensAtMs }: { readonly language: string; readonly opensAtMs: number },
): { readonly source: StreamingSource; readonly segments: readonly string[] } {
  const { segmenter, segments } = addText(source.segmenter, delta, language);
  const isWaiting = segmenter.opening === 'awaited' && segmenter.pending.trim() !== '';
  const opens = isWaiting ? (source.opensAtMs ?? opensAtMs) : null;
  return { source: { ...source, segmenter, opensAtMs: opens }, segments };
}

/** The first words have waited long enough for the end of their clause. */
export function openSource(
  source: StreamingSource,
  language: string,
): { readonly source: StreamingSource; readonly segments: readonly string[] } {
  const { segmenter, segments } = openEarly(source.segmenter, language);
  return { source: { ...source, segmenter, opensAtMs: null }, segments };
}

/** When the reply's first words are due; null where none wait. */
export function opensAtMs({ source, phase }: Reply): number | null {
  return source.phase === 'streaming' && phase.phase !== 'stopping' ? source.opensAtMs : null;
}

/** The caller hears it now, or would if it were not held. */
export function isAudible(reply: Reply): boolean {
  const { phase } = reply;
  return phase.phase === 'sounding' || (phase.phase === 'held' && phase.was === 'sounding');
}
