import type { AgentDefinition } from '@parley/contracts/agent-definition';
import type { ProviderChoice } from '@parley/contracts/provider-choice';
import type { ProviderAccess } from '../config/provider-variables.ts';
import type { ValueFault } from '../definitions/definition-fault.ts';
import type { Llm } from '../llm/contract.ts';
import type { Provider } from '../runtime/provider.ts';
import type { Stt } from '../stt/contract.ts';
import type { Tts } from '../tts/contract.ts';
import { LLM_PROVIDERS, STT_PROVIDERS, TTS_PROVIDERS } from './provider-catalogue.ts';

/** Who fulfils a stage of an agent: what runs in this process, or a vendor with all that it needs. */
export type Chosen<Stage> =
  | { readonly kind: 'embedded' }
  | {
      readonly kind: 'vendor';
      readonly provider: Provider<Stage>;
      readonly model: string;
      /** Null: the provider's own default. */
      readonly voice: string | null;
      readonly settings: ProviderChoice['settings'];
      /** Environment variable of its key; null where it needs none. */
      readonly key: string | null;
      readonly apiKey: string;
      readonly baseUrl: string;
    };

/** In the order in which they take over from each other; never empty. */
export interface ChosenProviders {
  readonly stt: readonly Chosen<Stt>[];
  readonly llm: readonly Chosen<Llm>[];
  readonly tts: readonly Chosen<Tts>[];
}

/** What runs here, by the name that agent files have for it. */
export const EMBEDDED_NAMES = { stt: 'embedded', llm: 'scripted', tts: 'embedded' } as const;

export const PROVIDERS = { stt: STT_PROVIDERS, llm: LLM_PROVIDERS, tts: TTS_PROVIDERS } as const;

type Stage = keyof ChosenProviders;

/**
 * Who fulfils the stages of an agent on this machine: whom its file names, else the first of the catalogue whose key is
 * set, else what runs here. An agent with a script and no prompt has its script followed, whatever keys there are.
 */
export function chooseProviders(
  definition: AgentDefinition,
  access: ProviderAccess,
): { readonly chosen: ChosenProviders; readonly faults: readonly ValueFault[] } {
  const faults: ValueFault[] = [];
  const order = <S>(stage: Stage, known: readonly Provider<S>[]): readonly Chosen<S>[] => {
    const first = definition[stage];
    const choices: readonly (readonly [path: ValueFault['path'], choice: ProviderChoice])[] = [
      ...(first === undefined ? [] : [[[stage], first] as const]),
      ...definition.switching[stage].map((choice, index) => [['switching', stage, index], choice] as const),
    ];
    const unnamed = first === undefined ? [usual(stage, definition, known, access)] : [];
    const all: Chosen<S>[] = [...unnamed];
    for (const [path, choice] of choices) {
      const found = resolve(stage, choice, known, access);
      if ('fault' in found) {
        faults.push({ ...found.fault, path: [...path, ...found.fault.path] });
      } else if (!all.some((one) => isSame(one, found))) {
        all.push(found);
      } else if (!unnamed.some((one) => isSame(one, found))) {
        // Whoever is taken anyway may be named; what is named twice is a mistake.
        const message = 'is named before, with the same model; calls tell providers apart by these two';
        faults.push({ path: [...path, 'provider'], message, of: 'value' });
      }
    }
    return all;
  };
  const chosen = {
    stt: order('stt', STT_PROVIDERS),
    llm: order('llm', LLM_PROVIDERS),
    tts: order('tts', TTS_PROVIDERS),
  };
  return { chosen, faults: [...faults, ...ruleFaults(definition, chosen)] };
}

function isSame(one: Chosen<unknown>, other: Chosen<unknown>): boolean {
  if (one.kind === 'embedded' || other.kind === 'embedded') return one.kind === other.kind;
  return one.provider.name === other.provider.name && one.model === other.model;
}

/** As the reducer and the API name who fulfils a stage: `provider/model`. */
export function idOf(stage: { readonly provider: string; readonly model: string }): string {
  return `${stage.provider}/${stage.model}`;
}

function usual<S>(
  stage: Stage,
  { script, prompt }: AgentDefinition,
  known: readonly Provider<S>[],
  access: ProviderAccess,
): Chosen<S> {
  if (stage === 'llm' && script !== undefined && prompt === undefined) return { kind: 'embedded' };
  return usualOf(known, access);
}

/** The first that has its key, or its address where it needs none; else what runs here. */
export function usualOf<S>(known: readonly Provider<S>[], access: ProviderAccess): Chosen<S> {
  for (const provider of known) {
    const apiKey = provider.key === null ? undefined : access.keys[provider.key];
    const isReached = provider.key === null && isGiven(provider, access);
    if (apiKey === undefined && !isReached) continue;
    const model = provider.models[0]?.name ?? '';
    const baseUrl = baseUrlOf(provider, undefined, access);
    const { key } = provider;
    return { kind: 'vendor', provider, model, voice: null, settings: {}, key, apiKey: apiKey ?? '', baseUrl };
  }
  return { kind: 'embedded' };
}

/** Somebody has said where a provider without a key is reached, so that it is meant to be used. */
function isGiven(provider: Provider<unknown>, { baseUrls }: ProviderAccess): boolean {
  return provider.baseUrl !== null && baseUrls[provider.baseUrl.variable] !== undefined;
}

function baseUrlOf(
  { baseUrl }: Provider<unknown>,
  own: string | undefined,
  { baseUrls }: ProviderAccess,
): string {
  if (baseUrl === null) return '';
  return (own ?? baseUrls[baseUrl.variable] ?? baseUrl.usual).replace(/\/+$/, '');
}

function resolve<S>(
  stage: Stage,
  choice: ProviderChoice,
  known: readonly Provider<S>[],
  access: ProviderAccess,
): Chosen<S> | { readonly fault: ValueFault } {
  const embedded = EMBEDDED_NAMES[stage];
  const fault = (path: ValueFault['path'], message: string, of: ValueFault['of'] = 'value') => ({
    fault: { path, message, of },
  });
  if (choice.provider === embedded) {
    if (choice.model === undefined) return { kind: 'embedded' };
    return fault(['model'], `"${embedded}" has no models to choose from; leave it out`, 'key');
  }
  const provider = known.find(({ name }) => name === choice.provider);
  if (provider === undefined) {
    const names = [embedded, ...known.map(({ name }) => name)].join(', ');
    return fault(['provider'], `there is no "${choice.provider}" for ${stage}; there are: ${names}`);
  }
  const variable = choice.key ?? provider.key;
  const apiKey = variable === null ? '' : access.keys[variable];
  if (apiKey === undefined) {
    const message = `"${provider.name}" needs ${variable}, which is not set in the environment, .env or keys.env`;
    return fault(choice.key === undefined ? ['provider'] : ['key'], message);
  }
  const baseUrl = baseUrlOf(provider, choice.baseUrl, access);
  if (baseUrl === '' && provider.baseUrl !== null) {
    const message = `"${provider.name}" needs a baseUrl, or ${provider.baseUrl.variable} in the environment`;
    return fault(['provider'], message);
  }
  const [issue] = provider.settings.safeParse(choice.settings).error?.issues ?? [];
  if (issue !== undefined) {
    const allowed = Object.keys(provider.settings.shape).join(', ') || 'none';
    const path = ['settings', ...issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part))];
    return fault(path, `${issue.message}; "${provider.name}" has the settings: ${allowed}`);
  }
  const model = choice.model ?? provider.models[0]?.name ?? '';
  const voice = choice.voice ?? null;
  const { settings } = choice;
  return { kind: 'vendor', provider, model, voice, settings, key: variable, apiKey, baseUrl };
}

/** A rule that names a provider which the agent does not have would never do anything. */
function ruleFaults(
  { switching: { rules } }: AgentDefinition,
  chosen: ChosenProviders,
): readonly ValueFault[] {
  return rules.flatMap((rule, index) =>
    (['stt', 'llm', 'tts'] as const).flatMap((stage): readonly ValueFault[] => {
      const name = rule[stage];
      const names = (chosen[stage] as readonly Chosen<unknown>[]).map((one) =>
        one.kind === 'embedded' ? EMBEDDED_NAMES[stage] : one.provider.name,
      );
      if (name === undefined || names.includes(name.split('/', 1)[0] ?? '')) return [];
      const message = `this agent has no "${name}" for ${stage}; it has: ${names.join(', ')}`;
      return [{ path: ['switching', 'rules', index, stage], message, of: 'value' }];
    }),
  );
}
