import { z } from 'zod';

/** One entry a character, in ms from the start of the message's own sound. Both spellings are sent. */
const alignmentSchema = z.object({
  chars: z.array(z.string()),
  charStartTimesMs: z.array(z.number()),
  charDurationsMs: z.array(z.number()).optional(),
  charsDurationsMs: z.array(z.number()).optional(),
});

const messageSchema = z.object({
  contextId: z.string().nullish(),
  context_id: z.string().nullish(),
  audio: z.string().nullish(),
  isFinal: z.boolean().nullish(),
  is_final: z.boolean().nullish(),
  alignment: alignmentSchema.nullish(),
  error: z.string().nullish(),
  message: z.string().nullish(),
});

/** What the vendor says, in one spelling. */
export type ServerMessage =
  | {
      readonly type: 'error';
      readonly code: string;
      readonly detail: string;
      readonly contextId: string | null;
    }
  | {
      readonly type: 'sound';
      readonly contextId: string | null;
      /** Bytes of PCM; none in the last message. */
      readonly bytes: Uint8Array;
      /** Characters of the text as it was sent, in order. */
      readonly chars: readonly TimedChar[];
      /** Nothing follows for the context. */
      readonly isFinal: boolean;
    };

/** A character as it sounds, in ms from the start of the sound of its message. */
export interface TimedChar {
  readonly text: string;
  readonly startMs: number;
  readonly endMs: number;
}

/** Null: it is not JSON, or not of the shape of any message. */
export function readServerMessage(text: string): ServerMessage | null {
  const parsed = messageSchema.safeParse(parse(text));
  if (!parsed.success) return null;
  const message = parsed.data;
  const contextId = message.contextId ?? message.context_id ?? null;
  if (message.error) return { type: 'error', code: message.error, detail: message.message ?? '', contextId };
  const { chars = [], charStartTimesMs = [], charDurationsMs, charsDurationsMs } = message.alignment ?? {};
  const durationsMs = charDurationsMs ?? charsDurationsMs ?? [];
  return {
    type: 'sound',
    contextId,
    bytes: Buffer.from(message.audio ?? '', 'base64'),
    chars: chars.map((char, index) => {
      const startMs = charStartTimesMs[index] ?? 0;
      return { text: char, startMs, endMs: startMs + (durationsMs[index] ?? 0) };
    }),
    isFinal: (message.isFinal ?? message.is_final) === true,
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
