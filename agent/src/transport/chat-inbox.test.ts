import type { TextStreamReader } from '@livekit/rtc-node';
import { participantIdSchema } from '@parley/contracts/ids';
import { MAX_CHAT_BYTES } from '@parley/contracts/room-protocol';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { createChatInbox } from './chat-inbox.ts';
import type { RoomEvent } from './contract.ts';

const ann = participantIdSchema.parse('ann');
const bob = participantIdSchema.parse('bob');

type Reader = Pick<TextStreamReader, 'info' | 'close'> & AsyncIterable<string>;

function setUp() {
  const events: RoomEvent[] = [];
  const inbox = createChatInbox({ onEvent: (event) => events.push(event), log: pino({ level: 'silent' }) });
  let readChunks = 0;
  let closed = 0;
  const stream = (chunks: Iterable<string | Error>, info: { streamId?: string; totalSize?: number } = {}) => {
    const reader: Reader = {
      info: { streamId: 'x', mimeType: 'text/plain', topic: 'lk.chat', timestamp: 0, ...info },
      async close() {
        closed += 1;
      },
      async *[Symbol.asyncIterator]() {
        try {
          for (const chunk of chunks) {
            readChunks += 1;
            if (chunk instanceof Error) throw chunk;
            yield chunk;
          }
        } finally {
          closed += 1;
        }
      },
    };
    return reader as unknown as TextStreamReader;
  };
  const packet = (message: unknown) => new TextEncoder().encode(JSON.stringify(message));
  return { events, inbox, stream, packet, counts: () => ({ readChunks, closed }) };
}

describe('chat inbox', () => {
  it('joins the chunks of a message, trims it and brings it to NFC; an empty one is none', async () => {
    const { inbox, stream, events } = setUp();
    await inbox.takeStream(ann, stream([' cafe', '\u0301 ']));
    await inbox.takeStream(bob, stream([' ', '\n']));
    expect(events).toEqual([{ type: 'chatReceived', participantId: 'ann', text: 'caf\u00e9' }]);
  });

  it('stops reading where a message grows too long, and does not begin where it says so', async () => {
    const { inbox, stream, events, counts } = setUp();
    const endless = (function* () {
      for (;;) yield 'é'.repeat(1_000);
    })();
    await inbox.takeStream(ann, stream(endless, { streamId: '1' }));
    expect(counts()).toEqual({ readChunks: Math.floor(MAX_CHAT_BYTES / 2_000) + 1, closed: 1 });
    await inbox.takeStream(ann, stream(['a'], { streamId: '2', totalSize: MAX_CHAT_BYTES + 1 }));
    expect(counts()).toMatchObject({ readChunks: Math.floor(MAX_CHAT_BYTES / 2_000) + 1, closed: 2 });
    await inbox.takeStream(
      ann,
      stream([new Error('stream payload exceeds maximum size')], { streamId: '3' }),
    );
    expect(events.map((event) => 'what' in event && event.what)).toEqual([
      'chat_too_long',
      'chat_too_long',
      'chat_too_long',
    ]);
  });

  it('says nothing of a message that broke off', async () => {
    const { inbox, stream, events } = setUp();
    await inbox.takeStream(ann, stream(['two ti', new Error('Disconnected while receiving')]));
    expect(events).toEqual([]);
  });

  it.each(['stream first', 'packet first'])(
    'takes a message that comes in both forms once: %s',
    async (order) => {
      const { inbox, stream, packet, events } = setUp();
      if (order === 'stream first') await inbox.takeStream(ann, stream(['hello'], { streamId: '7' }));
      inbox.takePacket(ann, packet({ id: '7', timestamp: 1, message: 'hello' }));
      if (order === 'packet first') await inbox.takeStream(ann, stream(['hello'], { streamId: '7' }));
      inbox.takePacket(ann, packet({ id: '8', message: 'hello', ignoreLegacy: true }));
      expect(events).toHaveLength(1);
      inbox.takePacket(bob, packet({ id: '7', message: 'me too' }));
      expect(events).toHaveLength(2);
    },
  );

  it('refuses packets that are no message', () => {
    const { inbox, packet, events } = setUp();
    inbox.takePacket(ann, packet({ text: 'hello' }));
    inbox.takePacket(ann, new Uint8Array([0x22, 0xff, 0x22]));
    inbox.takePacket(ann, new Uint8Array(MAX_CHAT_BYTES + 1));
    inbox.refuseBytes(ann);
    const whats = events.map((event) => 'what' in event && event.what);
    expect(whats).toEqual(['chat_not_text', 'chat_not_text', 'chat_too_long', 'chat_not_text']);
  });
});
