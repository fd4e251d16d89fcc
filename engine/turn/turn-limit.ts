import type { PipelineSettings } from '@parley/contracts/pipeline-settings';
import { draftText, type TurnDraft, wordsOf } from './draft.ts';

type UserTurnLimit = PipelineSettings['userTurnLimit'];

/** Whether a caller has spoken for so long that the agent takes the floor. */
export function isOverLimit(draft: TurnDraft, limit: UserTurnLimit, atMs: number): boolean {
  const limitAtMs = limitReachedAtMs(draft, limit);
  if (limitAtMs !== null && atMs >= limitAtMs) return true;
  return limit.words !== null && wordsOf(draftText(draft)).length >= limit.words;
}

/** The instant at which the time limit of a turn is reached, or null where there is none. */
export function limitReachedAtMs(draft: TurnDraft, limit: UserTurnLimit): number | null {
  return limit.ms === null ? null : draft.startedAtMs + limit.ms;
}
