import { costOf } from '../cost/cost.ts';
import type { CountedUsage } from '../cost/usage-by-model.ts';
import { limitLine } from '../turn/phrases/limit-lines.ts';
import { isInMidSentence } from './idling.ts';
import { speakLimitLine } from './replies.ts';
import { isOverCeiling, openReplyOf } from './state.ts';
import type { Step } from './step.ts';

/** Adds to what the call has cost; a model without a price adds nothing. */
export function countCost(step: Step, counted: CountedUsage): void {
  const costUsd = costOf(counted, step.state.settings.prices) ?? 0;
  if (costUsd > 0) step.set({ spentUsd: step.state.spentUsd + costUsd });
}

/**
 * A call that has reached its ceiling is answered no further: its reply is heard out, the caller's sentence too, and a line
 * ends the call.
 */
export function heedCeiling(step: Step): void {
  const { call, settings } = step.state;
  if (!isOverCeiling(step.state)) return;
  if (call.phase !== 'live' || openReplyOf(step.state) !== null || isInMidSentence(step.state)) return;
  step.set({ floor: { phase: 'free' } });
  speakLimitLine(step, limitLine(settings.language));
}
