import { z } from 'zod';
import type { Provider } from '../runtime/provider.ts';
import { parseSettings } from '../runtime/provider-settings.ts';
import { createChatCompletionsLlm } from './chat-completions.ts';
import { chatSettings, reasoningEffort } from './chat-settings.ts';
import type { Llm } from './contract.ts';

const NAME = 'xai';

const settings = z.strictObject({ ...chatSettings, reasoningEffort });

/** xAI's Grok. */
export const xaiLlm: Provider<Llm> = {
  name: NAME,
  title: 'xAI',
  key: 'XAI_API_KEY',
  baseUrl: { variable: 'XAI_BASE_URL', usual: 'https://api.x.ai/v1' },
  // Grok 3 was retired on 15 May 2026: its names lead to grok-4.3, at that model's price. Source: xAI's migration guide.
  models: [
    { name: 'grok-4.3' },
    { name: 'grok-4.20-non-reasoning' },
    { name: 'grok-3-beta', withdrawnFor: 'grok-4.3' },
  ],
  settings,
  create({ model, settings: unchecked, apiKey, baseUrl, clock, log }) {
    const chosen = parseSettings(NAME, settings, unchecked);
    const effort = chosen.reasoningEffort ?? 'none';
    return createChatCompletionsLlm({
      provider: NAME,
      model,
      apiKey,
      baseUrl,
      clock,
      log,
      instructionsRole: 'system',
      longest: { field: 'max_tokens', answerTokens: chosen.maxAnswerTokens },
      thinks: takesEffort(model) ? effort !== 'none' : /^grok-4/.test(model) && !isNonReasoning(model),
      fields: () => ({
        ...(chosen.temperature === undefined ? {} : { temperature: chosen.temperature }),
      }),
      reasoning: () => (takesEffort(model) ? { reasoning_effort: effort } : {}),
    });
  },
};

const isNonReasoning = (model: string) => model.includes('non-reasoning');

/** Up to grok-4.20, a model thinks or it does not, as its name says, and refuses to be told. */
function takesEffort(model: string): boolean {
  return !/^grok-([23]|4(\.1|\.20)?)\b(?!\.\d)/.test(model) && !isNonReasoning(model);
}
