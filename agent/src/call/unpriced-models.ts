import type { AgentDefinition } from '@parley/contracts/agent-definition';
import { type PriceTable, priceOf } from '@parley/engine/cost/price-table';
import { idOf } from './choose-providers.ts';

/** Who may fulfil a stage, by name. */
interface Named {
  readonly stage: { readonly provider: string; readonly model: string };
}

/** Who may work in a call that has a ceiling and costs nothing towards it, as nobody said what it costs. */
export function unpricedModels(
  { pipelineSettings }: AgentDefinition,
  order: Readonly<Record<keyof PriceTable, readonly Named[]>>,
  prices: PriceTable,
): readonly string[] {
  if (pipelineSettings.maxCostUsd === null) return [];
  return (['stt', 'llm', 'tts'] as const).flatMap((stage) =>
    order[stage]
      .filter((named) => priceOf<unknown>(prices[stage], named.stage) === undefined)
      .map((named) => idOf(named.stage)),
  );
}
