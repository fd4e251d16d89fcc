import { z } from 'zod';
import { ProviderError, type ProviderErrorCode } from '../runtime/provider-error.ts';

const itemSchema = { item_id: z.string() };
const errorSchema = z.object({
  type: z.string().nullish(),
  code: z.string().nullish(),
  message: z.string().nullish(),
});

/**
 * What a transcription session says, as far as we listen. Source: openai 6.49 resources/realtime/realtime.d.ts. Anything
 * else is passed over: sessions tell of much that nobody asked for.
 */
const serverMessageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('input_audio_buffer.committed'), ...itemSchema }),
  z.object({
    type: z.literal('conversation.item.input_audio_transcription.delta'),
    ...itemSchema,
    delta: z.string().default(''),
  }),
  z.object({
    type: z.literal('conversation.item.input_audio_transcription.completed'),
    ...itemSchema,
    transcript: z.string(),
  }),
  z.object({
    type: z.literal('conversation.item.input_audio_transcription.failed'),
    ...itemSchema,
    error: errorSchema,
  }),
  z.object({ type: z.literal('error'), error: errorSchema }),
]);
type ServerMessage = z.infer<typeof serverMessageSchema>;
const HEARD_TYPES: ReadonlySet<string> = new Set(
  serverMessageSchema.options.map((option) => option.shape.type.value),
);

/** Null for a message that says nothing to us. Throws ProviderError `protocol` for one that cannot be read. */
export function readServerMessage(provider: string, text: string): ServerMessage | null {
  const unreadable = (cause: unknown) =>
    new ProviderError('protocol', `${provider}: a message of the session cannot be read`, {
      provider,
      retryable: true,
      cause,
    });
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch (error) {
    throw unreadable(error);
  }
  const { type } = z.object({ type: z.string() }).catch({ type: '' }).parse(message);
  if (!HEARD_TYPES.has(type)) return null;
  const parsed = serverMessageSchema.safeParse(message);
  if (!parsed.success) throw unreadable(parsed.error);
  return parsed.data;
}

/** The error that a session tells in a message, or as the reason of a close, such as `invalid_request_error.invalid_model`. */
export function sessionError(provider: string, told: z.infer<typeof errorSchema>): ProviderError {
  const kind = `${told.type ?? ''} ${told.code ?? ''}`;
  const { code, retryable } = verdictOn(kind);
  const detail = code === 'auth' ? 'refuses the key' : (told.message ?? kind.trim());
  return new ProviderError(code, `${provider}: ${detail}`, { provider, retryable });
}

function verdictOn(kind: string): { code: ProviderErrorCode; retryable: boolean } {
  if (/invalid_api_key|authentication|permission/.test(kind)) return { code: 'auth', retryable: false };
  if (/insufficient_quota/.test(kind)) return { code: 'rate_limit', retryable: false };
  if (/rate_limit|slow_down/.test(kind)) return { code: 'rate_limit', retryable: true };
  if (/invalid_request/.test(kind)) return { code: 'bad_request', retryable: false };
  return { code: 'unavailable', retryable: true };
}
