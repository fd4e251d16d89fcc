import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Provider } from '../runtime/provider.ts';
import { parseSettings } from '../runtime/provider-settings.ts';
import { createChatCompletionsLlm } from './chat-completions.ts';
import { chatSettings, reasoningEffort } from './chat-settings.ts';
import type { Llm, LlmRequest } from './contract.ts';

const NAME = 'openai';
const THINKS_FIRST =
  'It thinks before it answers: seconds of silence. Take it where being right counts more than pace.';

/** Longest wait for the first token of a model that thinks, in ms: a call waits 10 s for an answer, then says so. */
const THINKING_MS = 9_500;

const settings = z.strictObject({
  ...chatSettings,
  reasoningEffort,
  serviceTier: z.enum(['auto', 'default', 'flex', 'priority']).optional().meta({
    description:
      'How soon OpenAI serves it: auto, default, flex (slow and cheap) or priority (fast and dear). Default: what the project of the key says.',
  }),
});

/** OpenAI's models by chat completions. */
export const openaiLlm: Provider<Llm> = {
  name: NAME,
  title: 'OpenAI',
  key: 'OPENAI_API_KEY',
  baseUrl: { variable: 'OPENAI_BASE_URL', usual: 'https://api.openai.com/v1' },
  // Dates: OpenAI's page of deprecations, November 2026.
  models: [
    { name: 'gpt-6-luna' },
    { name: 'gpt-4.1-nano', withdrawnFor: 'gpt-6-luna' },
    { name: 'gpt-4.1-mini', note: 'OpenAI ends it on 14 January 2027; gpt-6-luna follows it.' },
    { name: 'gpt-4o', note: 'OpenAI ends it on 14 January 2027; gpt-6-luna follows it.' },
    { name: 'o1', withdrawnFor: 'gpt-5.6-sol', note: THINKS_FIRST, firstTokenMs: THINKING_MS },
    {
      name: 'o3',
      note: `${THINKS_FIRST} OpenAI ends it on 11 December 2026; gpt-5.6-sol follows it.`,
      firstTokenMs: THINKING_MS,
    },
  ],
  settings,
  create({ model, settings: unchecked, apiKey, baseUrl, clock, log }) {
    const chosen = parseSettings(NAME, settings, unchecked);
    const kind = kindOf(model);
    const thinks = kind.leastEffort !== 'none';
    const effort = chosen.reasoningEffort;
    if (thinks) log.warn({ provider: NAME, model }, THINKS_FIRST);
    return createChatCompletionsLlm({
      provider: NAME,
      model,
      apiKey,
      baseUrl,
      clock,
      log,
      instructionsRole: kind.reasons ? 'developer' : 'system',
      longest: { field: 'max_completion_tokens', answerTokens: chosen.maxAnswerTokens },
      thinks: thinks || (effort ?? 'none') !== 'none',
      fields: (request) => ({
        stream_options: { include_usage: true, include_obfuscation: false },
        prompt_cache_key: cacheKey(request),
        ...(chosen.serviceTier === undefined ? {} : { service_tier: chosen.serviceTier }),
        ...(kind.reasons || chosen.temperature === undefined ? {} : { temperature: chosen.temperature }),
      }),
      reasoning: ({ tools }) => kind.reasoning(effort, tools.length > 0),
    });
  },
};

type Effort = z.infer<typeof reasoningEffort>;

interface ModelKind {
  /** It takes a `developer` message, and no temperature. */
  readonly reasons: boolean;
  readonly leastEffort: NonNullable<Effort>;
  reasoning(effort: Effort, hasTools: boolean): Readonly<Record<string, unknown>>;
}

const NO_REASONING: ModelKind = { reasons: false, leastEffort: 'none', reasoning: () => ({}) };

const reasoningFrom = (leastEffort: NonNullable<Effort>): ModelKind => ({
  reasons: true,
  leastEffort,
  reasoning: (effort = leastEffort) => ({ reasoning_effort: effort }),
});

/** With tools, the models from gpt-5.2 on answer in chat completions only where they do not think. */
const NO_THOUGHT_WITH_TOOLS: ModelKind = {
  ...reasoningFrom('none'),
  reasoning: (effort = 'none', hasTools) => ({ reasoning_effort: hasTools ? 'none' : effort }),
};

/**
 * What a model makes of thinking, by its name; names that are not known are taken for the newest kind. Sources: OpenAI's
 * guide to reasoning, openai/openai-openapi#541, livekit/agents#7169.
 */
function kindOf(model: string): ModelKind {
  if (/^(gpt-3|gpt-4|chatgpt-|ft:gpt-[34])/.test(model)) return NO_REASONING;
  if (/^o\d/.test(model)) return reasoningFrom('low');
  if (/^gpt-5(-mini|-nano|-pro)?(-\d{4}|$)/.test(model)) return reasoningFrom('minimal');
  return NO_THOUGHT_WITH_TOOLS;
}

/** Requests with the same beginning go to the same machine, which then has it cached. */
function cacheKey({ instructions, tools }: LlmRequest): string {
  return createHash('sha256').update(instructions).update(JSON.stringify(tools)).digest('hex').slice(0, 32);
}
