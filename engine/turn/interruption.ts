import type { TurnSettings } from '@parley/contracts/agent-definition';
import { draftText, type TurnDraft, wordsOf } from './draft.ts';
import { consistsOf, containsPhrase, type PhraseLists } from './phrases/phrase-lists.ts';

/** What a policy reads of the agent's voice while a participant speaks. */
export type AgentVoice =
  /** An answer is being made; nothing of it was heard. */
  { readonly phase: 'preparing' } | { readonly phase: 'audible'; readonly asksQuestion: boolean };

export type OverlapVerdict =
  /** The participant takes the floor. */
  | 'commit'
  /** The agent goes on; the words, if any, are noted. */
  | 'resume'
  | 'undecided';

/** Waits of the two-step barge-in, in ms. Source: docs/decisions/0004. */
export const HOLD = {
  /** A hold in which no word is recognised ends after this. */
  wordlessMs: 2_000,
  /** The same where the recogniser gives no words before the final. */
  wordlessWithoutInterimsMs: 6_000,
  /** Longest hold, words or not. */
  longestMs: 6_000,
  /** After the end of the speech that caused the hold, if no word came. */
  afterSpeechMs: 700,
} as const;

/**
 * Judges what was said while the agent speaks or is about to. `isFinal`: no further word of this draft comes.
 */
export function judgeOverlap(
  draft: TurnDraft,
  voice: AgentVoice,
  isFinal: boolean,
  settings: Pick<TurnSettings, 'minWords' | 'mode'>,
  lists: PhraseLists,
): OverlapVerdict {
  const words = wordsOf(draftText(draft));
  const otherwise: OverlapVerdict = isFinal ? 'resume' : 'undecided';
  const saidCount = words.length + draft.rejectedWordCount;
  if (consistsOf(words, lists.backchannels)) return otherwise;
  if (voice.phase !== 'audible') return saidCount > 0 ? 'commit' : otherwise;
  if (containsPhrase(words, lists.yields)) return 'commit';
  if (voice.asksQuestion && isFinal && saidCount > 0) return 'commit';
  if (consistsOf(words, [...lists.backchannels, ...lists.assents])) return otherwise;
  const enough = settings.mode === 'flow' ? 1 : settings.minWords;
  return saidCount >= enough ? 'commit' : otherwise;
}
