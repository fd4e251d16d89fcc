import { z } from 'zod';

/** A request for an answer, as far as simulated models read it. Fields that are not known pass. */
const chatRequestSchema = z.looseObject({
  model: z.string().min(1),
  messages: z
    .array(
      z.looseObject({
        role: z.enum(['system', 'developer', 'user', 'assistant', 'tool']),
        content: z.string().nullable().optional(),
      }),
    )
    .min(1),
  stream: z.boolean().default(false),
  stream_options: z
    .looseObject({ include_usage: z.boolean().optional(), include_obfuscation: z.boolean().optional() })
    .optional(),
  tools: z
    .array(z.looseObject({ type: z.literal('function'), function: z.looseObject({ name: z.string() }) }))
    .default([]),
  temperature: z.number().optional(),
  max_tokens: z.number().optional(),
  max_completion_tokens: z.number().optional(),
  reasoning_effort: z.string().optional(),
  stop: z.unknown().optional(),
});
export type ChatRequest = z.infer<typeof chatRequestSchema>;

/** The request, or what is wrong with it in a sentence. */
export function readChatRequest(
  body: Uint8Array,
): { readonly request: ChatRequest } | { readonly fault: string; readonly param: string | null } {
  const parsed = chatRequestSchema.safeParse(jsonOf(body));
  if (parsed.success) return { request: parsed.data };
  const [issue] = parsed.error.issues;
  const param = issue?.path.join('.') || null;
  return { fault: `Invalid request: ${param ?? 'body'}: ${issue?.message ?? 'not valid'}`, param };
}

/** What the caller said last. */
export function lastWordsOf({ messages }: ChatRequest): string {
  return messages.findLast(({ role }) => role === 'user')?.content ?? '';
}

function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    return undefined;
  }
}
