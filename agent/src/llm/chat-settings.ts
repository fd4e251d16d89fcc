import { z } from 'zod';

/** What may be set for every model behind chat completions. */
export const chatSettings = {
  temperature: z.number().min(0).max(2).optional().meta({
    description:
      'How freely it words its answers, 0 to 2. Default: what the vendor takes; reasoning models have none.',
  }),
  maxAnswerTokens: z.number().int().min(16).max(8_000).default(400).meta({
    description:
      'Longest answer, in tokens, 16 to 8,000. Default 400, two minutes of speech: an answer that does not end is cut, and what is said by then was long enough. Thinking is not counted.',
  }),
};

/** How much a model may think; the smaller the sooner it speaks. */
export const reasoningEffort = z.enum(['none', 'minimal', 'low', 'medium', 'high']).optional().meta({
  description:
    'How long it thinks before it answers: none, minimal, low, medium or high. Default: the least that the model takes.',
});
