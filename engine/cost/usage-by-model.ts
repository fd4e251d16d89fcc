import type { CallEvent } from '@parley/contracts/call-event';
import type { ModelUsage } from '@parley/contracts/call-record';

/** What a provider told that it counted. */
export type CountedUsage = Extract<CallEvent, { type: 'usageCounted' }>['data'];

const UNITS = ['audioMs', 'characters', 'inputTokens', 'cachedInputTokens', 'outputTokens'] as const;

/** Adds what was counted to the sums of its model, which come in the order in which models were first used. */
export function addUsage(byModel: readonly ModelUsage[], counted: CountedUsage): ModelUsage[] {
  const isSame = (sums: ModelUsage) =>
    sums.stage === counted.stage && sums.provider === counted.provider && sums.model === counted.model;
  if (!byModel.some(isSame)) return [...byModel, plus(nothingOf(counted), counted)];
  return byModel.map((sums) => (isSame(sums) ? plus(sums, counted) : sums));
}

function nothingOf({ stage, provider, model }: CountedUsage): ModelUsage {
  return {
    stage,
    provider,
    model,
    audioMs: null,
    characters: null,
    inputTokens: null,
    cachedInputTokens: null,
    outputTokens: null,
    costUsd: null,
  };
}

function plus(sums: ModelUsage, counted: CountedUsage): ModelUsage {
  const changed = UNITS.flatMap((unit) => {
    const more = counted[unit];
    return more === undefined ? [] : [[unit, (sums[unit] ?? 0) + more]];
  });
  return { ...sums, ...Object.fromEntries(changed) };
}
