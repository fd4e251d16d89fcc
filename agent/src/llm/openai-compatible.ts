import { z } from 'zod';
import type { Provider, ProviderGiven } from '../runtime/provider.ts';
import { ProviderError } from '../runtime/provider-error.ts';
import { parseSettings } from '../runtime/provider-settings.ts';
import { createChatCompletionsLlm } from './chat-completions.ts';
import { chatSettings, reasoningEffort } from './chat-settings.ts';
import type { Llm } from './contract.ts';

const settings = z.strictObject({ ...chatSettings, reasoningEffort });

/** Models of an Ollama server. It has no default model: what it has is what was pulled. */
export const ollamaLlm: Provider<Llm> = {
  name: 'ollama',
  title: 'Ollama',
  key: null,
  baseUrl: { variable: 'OLLAMA_BASE_URL', usual: 'http://127.0.0.1:11434/v1' },
  models: [
    { name: 'llama3.2', note: 'Any model that the server has pulled may be named.' },
    { name: 'qwen3', note: 'It is told not to think.' },
  ],
  settings,
  create: (given) => createLocal('ollama', given, { leastEffort: 'none', warmsModel: true }),
};

/** Any server that speaks OpenAI's wire: llama.cpp, vLLM, LM Studio, a gateway. */
export const localLlm: Provider<Llm> = {
  name: 'local',
  title: 'OpenAI-compatible server',
  key: null,
  baseUrl: { variable: 'LOCAL_LLM_BASE_URL', usual: '' },
  models: [{ name: 'default', note: 'The name by which the server knows its model.' }],
  settings,
  create(given) {
    if (given.baseUrl === '') {
      throw new ProviderError('bad_request', 'local: name the address of the server as `baseUrl`', {
        provider: 'local',
        retryable: false,
      });
    }
    return createLocal('local', given, { leastEffort: undefined, warmsModel: false });
  },
};

function createLocal(
  provider: string,
  { model, settings: unchecked, apiKey, baseUrl, clock, log }: ProviderGiven,
  kind: { readonly leastEffort: z.infer<typeof reasoningEffort>; readonly warmsModel: boolean },
): Llm {
  const chosen = parseSettings(provider, settings, unchecked);
  const effort = chosen.reasoningEffort ?? kind.leastEffort;
  return createChatCompletionsLlm({
    provider,
    model,
    apiKey,
    baseUrl,
    clock,
    log,
    instructionsRole: 'system',
    longest: { field: 'max_tokens', answerTokens: chosen.maxAnswerTokens },
    thinks: (effort ?? 'none') !== 'none',
    fields: () => ({
      ...(chosen.temperature === undefined ? {} : { temperature: chosen.temperature }),
    }),
    reasoning: () => (effort === undefined ? {} : { reasoning_effort: effort }),
    warmsModel: kind.warmsModel,
  });
}
