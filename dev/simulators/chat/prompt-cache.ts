import type { Simulation } from '../simulation.ts';
import type { ChatRequest } from './chat-request.ts';

/** Shorter beginnings are not kept, and longer ones in steps. Source: OpenAI's guide to prompt caching. */
const LEAST_TOKENS = 1_024;
const STEP_TOKENS = 128;
/** Source: OpenAI's rule of thumb for English. */
const CHARACTERS_A_TOKEN = 4;
const KEPT_PROMPTS = 50;

const prompts = new WeakMap<Simulation, string[]>();

export const tokensIn = (text: string): number => Math.ceil(text.length / CHARACTERS_A_TOKEN);

/** How many tokens the prompt has, and how many of them began an earlier prompt alike. */
export function countPrompt(
  simulation: Simulation,
  { model, messages, tools }: ChatRequest,
): { readonly tokens: number; readonly cachedTokens: number } {
  const prompt = JSON.stringify([model, tools, messages.map(({ role, content }) => [role, content])]);
  const earlier = prompts.get(simulation) ?? [];
  const longest = Math.max(0, ...earlier.map((other) => sharedLength(prompt, other)));
  prompts.set(simulation, [...earlier, prompt].slice(-KEPT_PROMPTS));
  const shared = Math.floor(longest / CHARACTERS_A_TOKEN / STEP_TOKENS) * STEP_TOKENS;
  return { tokens: tokensIn(prompt), cachedTokens: shared >= LEAST_TOKENS ? shared : 0 };
}

function sharedLength(one: string, other: string): number {
  const most = Math.min(one.length, other.length);
  for (let at = 0; at < most; at++) if (one[at] !== other[at]) return at;
  return most;
}
