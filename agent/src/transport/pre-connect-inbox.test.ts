import type { ByteStreamReader } from '@livekit/rtc-node';
import { participantIdSchema } from '@parley/contracts/ids';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { createVirtualClock } from '../runtime/virtual-clock.ts';
import type { RoomEvent } from './contract.ts';
import { createPreConnectInbox } from './pre-connect-inbox.ts';

const ann = participantIdSchema.parse('ann');
const MEBIBYTE = 1024 * 1024;

type Reader = Pick<ByteStreamReader, 'info' | 'close'> & AsyncIterable<Uint8Array>;

function setUp(announced: string | undefined = 'TR_1') {
  const clock = createVirtualClock();
  const events: RoomEvent[] = [];
  let announcedSid = announced;
  const inbox = createPreConnectInbox({
    clock,
    onEvent: (event) => events.push(event),
    announcedSid: () => announcedSid,
    log: pino({ level: 'silent' }),
  });
  const stream = (
    chunks: Iterable<Uint8Array | Error>,
    info: { attributes?: Record<string, string>; totalSize?: number } = {},
  ) => {
    const reader: Reader = {
      info: {
        streamId: 'x',
        name: 'preconnect-buffer',
        mimeType: 'audio/webm;codecs=opus',
        topic: 'lk.agent.pre-connect-audio-buffer',
        timestamp: 0,
        attributes: { trackId: 'TR_1', sampleRate: '44100', channels: '2' },
        ...info,
      },
      async close() {},
      async *[Symbol.asyncIterator]() {
        for (const chunk of chunks) {
          if (chunk instanceof Error) throw chunk;
          yield chunk;
        }
      },
    };
    return reader as unknown as ByteStreamReader;
  };
  return {
    clock,
    inbox,
    events,
    stream,
    told: () => events.map((event) => (event.type === 'inputRefused' ? event.message : event.type)),
    announce: (sid: string) => {
      announcedSid = sid;
    },
  };
}

describe('the inbox of pre-connect audio', () => {
  it('gives a track’s buffer whole, with what its page says of it', async () => {
    const { inbox, stream, events } = setUp();
    await inbox.takeStream(ann, stream([Uint8Array.of(1, 2), Uint8Array.of(3)]));
    const sound = {
      mimeType: 'audio/webm;codecs=opus',
      sampleRateHz: 44_100,
      channels: 2,
      bytes: Uint8Array.of(1, 2, 3),
    };
    expect(events).toEqual([
      { type: 'preConnectBegun', participantId: 'ann' },
      { type: 'preConnectReceived', participantId: 'ann', sound, lastByteAtMs: 0 },
    ]);
  });

  it('takes a buffer whose track is told of while it comes', async () => {
    const { inbox, stream, told, announce } = setUp('');
    const chunks = (function* () {
      yield Uint8Array.of(1);
      announce('TR_1');
    })();
    await inbox.takeStream(ann, stream(chunks));
    expect(told()).toEqual(['preConnectReceived']);
  });

  it('takes a short buffer that is whole before its track is told of', async () => {
    const { inbox, stream, told, announce, clock } = setUp('');
    const taken = inbox.takeStream(ann, stream([Uint8Array.of(1)]));
    await clock.advance(500);
    expect(told()).toEqual([]);
    announce('TR_1');
    await clock.advance(100);
    await taken;
    expect(told()).toEqual(['preConnectReceived']);
    expect(clock.pendingTimers).toBe(0);
  });

  it('refuses a second one of the same track', async () => {
    const { inbox, stream, told } = setUp();
    await inbox.takeStream(ann, stream([Uint8Array.of(1)]));
    await inbox.takeStream(ann, stream([Uint8Array.of(1)]));
    expect(told()).toEqual([
      'preConnectBegun',
      'preConnectReceived',
      expect.stringContaining('one of this track already'),
    ]);
  });

  it('reads one at a time of a person, until that person leaves', async () => {
    const { inbox, stream, told } = setUp();
    const first = inbox.takeStream(ann, stream([Uint8Array.of(1)]));
    await inbox.takeStream(ann, stream([Uint8Array.of(1)], { attributes: { trackId: 'TR_2' } }));
    expect(told()).toEqual(['preConnectBegun', expect.stringContaining('still on its way')]);
    inbox.left(ann);
    const again = inbox.takeStream(ann, stream([Uint8Array.of(2)]));
    await Promise.all([first, again]);
    expect(told().slice(2)).toEqual(['preConnectBegun', 'preConnectReceived', 'preConnectReceived']);
  });

  it('refuses one of a track that is not its sender’s, or announces none, or is not named', async () => {
    for (const attributes of [{ trackId: 'TR_other' }, {}]) {
      const { inbox, stream, told, clock } = setUp();
      const refused = inbox.takeStream(ann, stream([Uint8Array.of(1)], { attributes }));
      await clock.advance(3_000);
      await refused;
      expect(told()).toEqual([expect.stringContaining('names no microphone')]);
    }
  });

  it('stops reading where it grows too long, and does not begin where it says so', async () => {
    const { inbox, stream, told } = setUp();
    let read = 0;
    const endless = (function* () {
      for (;;) {
        read += 1;
        yield new Uint8Array(MEBIBYTE / 4);
      }
    })();
    await inbox.takeStream(ann, stream(endless));
    expect(read).toBe(5);
    inbox.left(ann);
    await inbox.takeStream(ann, stream(endless, { totalSize: MEBIBYTE + 1 }));
    expect(read).toBe(5);
    expect(told().filter((text) => text.includes('longer than'))).toHaveLength(2);
  });

  it('refuses one that breaks off, and leaves no timer', async () => {
    const { inbox, stream, told, clock } = setUp();
    await inbox.takeStream(ann, stream([Uint8Array.of(1), new Error('gone')]));
    expect(told()).toEqual(['preConnectBegun', expect.stringContaining('broke off')]);
    expect(clock.pendingTimers).toBe(0);
  });
});
