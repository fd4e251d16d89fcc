import type { AgentDefinition } from '@parley/contracts/agent-definition';

/**
 * What holds for every answer that is spoken. It never changes within a call, so that vendors may cache it; source:
 * docs/guide/providers.md.
 */
const VOICE_RULES = [
  'You are on a phone call: what you write is spoken aloud, word for word.',
  'Answer in two sentences at most, and ask one question at a time.',
  'Write plain text: no markdown, lists, headings, emoji, links or special characters.',
  'Write numbers, amounts of money, dates and times in words, as they are spoken.',
  'Begin with the answer itself, never with a filler such as "Great question" or "Certainly".',
  'What the caller says was transcribed and may be misheard; where it makes no sense, ask.',
].join('\n');

/** What a model is told of the agent it speaks for, ahead of the conversation: its prompt, then the rules of speech. */
export function instructionsOf({ prompt, language }: Pick<AgentDefinition, 'prompt' | 'language'>): string {
  const spoken = `Speak the language of the tag "${language}".`;
  return [prompt ?? '', VOICE_RULES, spoken].filter((part) => part !== '').join('\n\n');
}
