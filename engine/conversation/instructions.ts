import type { AgentDefinition } from '@parley/contracts/agent-definition';
import { END_CALL_TOOL } from '../call/builtin-tools.ts';

/**
 * What holds for every answer that is spoken. It stands behind the agent's prompt and never changes within a call, so
 * that vendors may cache both; what changes comes after it, in the conversation. Source: docs/guide/spoken-text.md.
 */
const VOICE_RULES = [
  'You are on a phone call: what you write is spoken aloud, word for word.',
  'Answer in two sentences at most, and ask one question at a time.',
  'Write plain sentences: no markdown, lists, headings, tables, emoji, links or special characters.',
  'Write numbers, amounts of money, dates, times and phone numbers in words, as they are spoken.',
  'Begin with the answer itself, never with a filler such as "Great question", "Certainly" or "Sure".',
  'What the caller says was transcribed and may be misheard; where it makes no sense, ask.',
  `When the caller says goodbye, or all is done, say goodbye in one sentence and call ${END_CALL_TOOL} with it.`,
].join('\n');

/** What a model is told of the agent it speaks for, ahead of the conversation: its prompt, then the rules of speech. */
export function instructionsOf({ prompt, language }: Pick<AgentDefinition, 'prompt' | 'language'>): string {
  const spoken = `Speak the language of the tag "${language}".`;
  return [prompt ?? '', VOICE_RULES, spoken].filter((part) => part !== '').join('\n\n');
}
