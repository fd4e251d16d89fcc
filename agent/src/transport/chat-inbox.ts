import type { TextStreamReader } from '@livekit/rtc-node';
import type { ParticipantId } from '@parley/contracts/ids';
import { MAX_CHAT_BYTES } from '@parley/contracts/room-protocol';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { RoomEvent } from './contract.ts';

/** Data packet in which older clients send typed text, beside the text stream or instead of it. */
export const LEGACY_CHAT_TOPIC = 'lk-chat-topic';

const legacyMessageSchema = z.object({
  id: z.string().optional(),
  message: z.string(),
  /** The same text was sent as a stream. */
  ignoreLegacy: z.boolean().optional(),
});

/** Ids kept to know a message by that comes a second time, in the other form. */
const KEPT_IDS = 64;

/** Typed messages of people. Nothing longer than MAX_CHAT_BYTES is kept, whatever its sender announced. */
export interface ChatInbox {
  takeStream(participantId: ParticipantId, reader: TextStreamReader): Promise<void>;
  takePacket(participantId: ParticipantId, payload: Uint8Array): void;
  /** Bytes were sent where text belongs. */
  refuseBytes(participantId: ParticipantId): void;
}

export type ChatEvent = Extract<RoomEvent, { type: 'chatReceived' | 'inputRefused' }>;

export function createChatInbox(options: {
  readonly onEvent: (event: ChatEvent) => void;
  readonly log: Logger;
}): ChatInbox {
  const { onEvent, log } = options;
  const takenIds: string[] = [];

  /** False for a message that was taken before: stream and packet of one message come in either order. */
  const isNew = (participantId: ParticipantId, id: string) => {
    const key = `${participantId} ${id}`;
    if (takenIds.includes(key)) return false;
    takenIds.push(key);
    if (takenIds.length > KEPT_IDS) takenIds.shift();
    return true;
  };

  const receive = (participantId: ParticipantId, text: string) => {
    const normal = text.normalize('NFC').trim();
    if (normal !== '') onEvent({ type: 'chatReceived', participantId, text: normal });
  };
  const refuse = (participantId: ParticipantId, what: 'chat_too_long' | 'chat_not_text') => {
    const message =
      what === 'chat_too_long'
        ? `a typed message was longer than ${MAX_CHAT_BYTES} bytes; send shorter ones`
        : 'a typed message was not text; send UTF-8 text on the chat topic';
    onEvent({ type: 'inputRefused', participantId, what, message });
  };

  return {
    async takeStream(participantId, reader) {
      if (!isNew(participantId, reader.info.streamId)) return reader.close();
      const outcome = await readBounded(reader, MAX_CHAT_BYTES);
      switch (outcome.kind) {
        case 'text':
          return receive(participantId, outcome.text);
        case 'too_long':
          return refuse(participantId, 'chat_too_long');
        case 'broken':
          return log.debug({ err: outcome.error, personal: { participantId } }, 'a typed message broke off');
      }
    },
    takePacket(participantId, payload) {
      if (payload.byteLength > MAX_CHAT_BYTES) return refuse(participantId, 'chat_too_long');
      const parsed = parseJson(payload);
      if (parsed === null) return refuse(participantId, 'chat_not_text');
      if (parsed.ignoreLegacy || (parsed.id !== undefined && !isNew(participantId, parsed.id))) return;
      receive(participantId, parsed.message);
    },
    refuseBytes: (participantId) => refuse(participantId, 'chat_not_text'),
  };
}

type Outcome =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'too_long' }
  | { readonly kind: 'broken'; readonly error: unknown };

/** What native code says of a stream that is longer than it takes. */
const TOO_LONG = /exceeds maximum size/;

async function readBounded(reader: TextStreamReader, maxBytes: number): Promise<Outcome> {
  if ((reader.info.totalSize ?? 0) > maxBytes) {
    await reader.close();
    return { kind: 'too_long' };
  }
  try {
    let text = '';
    let bytes = 0;
    for await (const chunk of reader) {
      bytes += Buffer.byteLength(chunk);
      // Leaving the loop closes the reader: the rest is not kept.
      if (bytes > maxBytes) return { kind: 'too_long' };
      text += chunk;
    }
    return { kind: 'text', text };
  } catch (error) {
    const isTooLong = error instanceof Error && TOO_LONG.test(error.message);
    return isTooLong ? { kind: 'too_long' } : { kind: 'broken', error };
  }
}

function parseJson(payload: Uint8Array): z.infer<typeof legacyMessageSchema> | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(payload);
    const parsed = legacyMessageSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    // Not JSON, or not UTF-8.
    return null;
  }
}
