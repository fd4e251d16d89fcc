import type { CallUsage, ModelUsage } from '@parley/contracts/call-record';
import { type PriceTable, priceOf } from './price-table.ts';
import type { CountedUsage } from './usage-by-model.ts';

const MINUTE_MS = 60_000;
const MILLION = 1_000_000;

/** Counts of one model, of a moment or of a whole call. */
type Counts = CountedUsage | ModelUsage;

/** What the counts of a model cost, in US dollars; null where it has no price. */
export function costOf(counts: Counts, prices: PriceTable): number | null {
  switch (counts.stage) {
    case 'stt': {
      const price = priceOf(prices.stt, counts);
      return price === undefined ? null : ((counts.audioMs ?? 0) / MINUTE_MS) * price.perAudioMinute;
    }
    case 'llm': {
      const price = priceOf(prices.llm, counts);
      if (price === undefined) return null;
      const { perMillionInputTokens: input, perMillionOutputTokens: output } = price;
      const cachedTokens = Math.min(counts.cachedInputTokens ?? 0, counts.inputTokens ?? 0);
      const freshTokens = (counts.inputTokens ?? 0) - cachedTokens;
      const cached = price.perMillionCachedInputTokens ?? input;
      return (freshTokens * input + cachedTokens * cached + (counts.outputTokens ?? 0) * output) / MILLION;
    }
    case 'tts': {
      const price = priceOf(prices.tts, counts);
      return price === undefined ? null : ((counts.characters ?? 0) * price.perMillionCharacters) / MILLION;
    }
  }
}

/** A call's usage with what each model cost. */
export function withCosts(usage: CallUsage, prices: PriceTable): CallUsage {
  const byModel = usage.byModel.map((sums) => ({ ...sums, costUsd: rounded(costOf(sums, prices)) }));
  return { ...usage, byModel };
}

/** The sum of what the models of a call cost; null where one of them has no price, or nothing was counted. */
export function totalCost({ byModel }: CallUsage): number | null {
  if (byModel.length === 0 || byModel.some(({ costUsd }) => costUsd === null)) return null;
  return rounded(byModel.reduce((sum, { costUsd }) => sum + (costUsd ?? 0), 0));
}

/** To a millionth of a dollar: sums of fractions of a cent end in no row of nines. */
function rounded(costUsd: number | null): number | null {
  return costUsd === null ? null : Math.round(costUsd * MILLION) / MILLION;
}
