import { z } from 'zod';
import type { Provider } from '../runtime/provider.ts';
import { parseSettings } from '../runtime/provider-settings.ts';
import { createChatCompletionsLlm } from './chat-completions.ts';
import { chatSettings, reasoningEffort } from './chat-settings.ts';
import type { Llm } from './contract.ts';
import { mendGoogleErrors } from './google-errors.ts';

const NAME = 'google';
const THINKS_FIRST = 'It thinks before it answers, which cannot be turned off: a second of silence or more.';

/** The smallest budget that gemini-2.5-pro takes, in tokens: far below the 1,024 that `low` stands for. */
const LEAST_BUDGET = 128;

const settings = z.strictObject({ ...chatSettings, reasoningEffort });

/** Google's Gemini by its OpenAI-compatible endpoint. */
export const googleLlm: Provider<Llm> = {
  name: NAME,
  title: 'Google Gemini',
  key: 'GOOGLE_API_KEY',
  baseUrl: {
    variable: 'GOOGLE_BASE_URL',
    usual: 'https://generativelanguage.googleapis.com/v1beta/openai',
  },
  // Google routes the 2.5 models to their followers from 1 December 2026. Source: its page of deprecations.
  models: [
    { name: 'gemini-3.5-flash-lite' },
    { name: 'gemini-3.8-flash' },
    { name: 'gemini-2.5-flash-lite' },
    { name: 'gemini-2.5-flash', withdrawnFor: 'gemini-3.5-flash-lite' },
    { name: 'gemini-2.5-pro', withdrawnFor: 'gemini-3.8-flash', note: THINKS_FIRST, firstTokenMs: 9_500 },
  ],
  settings,
  create({ model, settings: unchecked, apiKey, baseUrl, clock, log }) {
    const chosen = parseSettings(NAME, settings, unchecked);
    const thinks = /-pro\b/.test(model);
    const effort = chosen.reasoningEffort;
    if (thinks) log.warn({ provider: NAME, model }, THINKS_FIRST);
    return createChatCompletionsLlm({
      provider: NAME,
      model,
      apiKey,
      baseUrl,
      clock,
      log,
      instructionsRole: 'system',
      longest: { field: 'max_tokens', answerTokens: chosen.maxAnswerTokens },
      thinks: thinks || (effort ?? 'none') !== 'none',
      fields: () => ({
        ...(chosen.temperature === undefined ? {} : { temperature: chosen.temperature }),
      }),
      reasoning: () => reasoningOf(model, effort),
      mendFetch: mendGoogleErrors,
    });
  },
};

function reasoningOf(
  model: string,
  effort: z.infer<typeof reasoningEffort>,
): Readonly<Record<string, unknown>> {
  if (effort !== undefined) return { reasoning_effort: effort };
  if (model.startsWith('gemini-2.5-pro')) {
    return { extra_body: { google: { thinking_config: { thinking_budget: LEAST_BUDGET } } } };
  }
  return { reasoning_effort: /-pro\b/.test(model) ? 'low' : 'none' };
}
