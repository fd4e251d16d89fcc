import { EMBEDDED_NAMES, PROVIDERS } from '@parley/agent/call/choose-providers';
import type { Provider, ProviderModel } from '@parley/agent/runtime/provider';
import { EMBEDDED_VOICES } from '@parley/agent/tts/embedded';
import { type PriceTable, priceOf } from '@parley/engine/cost/price-table';
import type { SettingRow } from '../docs/setting-rows.ts';
import { readStageConstants, settingRowsOf } from './setting-comments.ts';

export type ProviderStage = keyof typeof PROVIDERS;
export const PROVIDER_STAGES: readonly ProviderStage[] = ['stt', 'llm', 'tts'];

/** Who may fulfil a stage, as the code has it. */
export interface ProviderRow {
  readonly stage: ProviderStage;
  /** As agent files name it. */
  readonly provider: string;
  readonly title: string;
  /** It runs in the agent's own process, and is taken where no other is named and none has its key. */
  readonly isEmbedded: boolean;
  /** Variable of its key; null where it needs none. */
  readonly key: string | null;
  readonly baseUrl: Provider<unknown>['baseUrl'];
  /** The default first; those of an embedded provider cannot be chosen. Others of a vendor pass through. */
  readonly models: readonly (ProviderModel & { readonly hasPrice: boolean })[];
  /** The default first; empty for what does not speak. */
  readonly voices: readonly { readonly name: string; readonly id: string }[];
  readonly settings: readonly SettingRow[];
}

const EMBEDDED = {
  stt: {
    title: 'In this process: understands the phrases of a script, in English',
    model: 'soundswallower',
    voices: [],
  },
  llm: { title: 'In this process: follows a script', model: 'script', voices: [] },
  tts: {
    title: 'In this process: Flite, in English',
    model: 'flite',
    voices: EMBEDDED_VOICES.map((name) => ({ name, id: name })),
  },
} as const;

/** Every provider of every stage, in the order in which they are taken where an agent names none. Throws a `DocsError`. */
export function providerRows(root: string, prices: PriceTable): readonly ProviderRow[] {
  return PROVIDER_STAGES.flatMap((stage) => {
    const constants = readStageConstants(root, stage);
    const known: readonly Provider<unknown>[] = PROVIDERS[stage];
    const hasPrice = (provider: string, model: string) =>
      priceOf<unknown>(prices[stage], { provider, model }) !== undefined;
    const vendors = known.map((provider): ProviderRow => {
      const { name, title, key, baseUrl, models, voices = [] } = provider;
      return {
        stage,
        provider: name,
        title,
        isEmbedded: false,
        key,
        baseUrl,
        models: models.map((model) => ({ ...model, hasPrice: hasPrice(name, model.name) })),
        voices: voices.map((voice) => ({ name: voice.name, id: voice.id ?? voice.name })),
        settings: settingRowsOf(provider, constants),
      };
    });
    const { title, model, voices } = EMBEDDED[stage];
    const provider = EMBEDDED_NAMES[stage];
    return [
      ...vendors,
      {
        stage,
        provider,
        title,
        isEmbedded: true,
        key: null,
        baseUrl: null,
        models: [{ name: model, hasPrice: hasPrice(provider, model) }],
        voices,
        settings: [],
      },
    ];
  });
}
