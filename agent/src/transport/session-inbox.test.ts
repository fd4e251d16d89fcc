import type { ByteStreamReader } from '@livekit/rtc-node';
import { participantIdSchema } from '@parley/contracts/ids';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { createDeferred } from '../runtime/deferred.ts';
import { createSessionInbox } from './session-inbox.ts';

const ann = participantIdSchema.parse('ann');
const bob = participantIdSchema.parse('bob');

function setUp() {
  const messages: [string, number][] = [];
  const inbox = createSessionInbox({
    onMessage: (participantId, bytes) => messages.push([participantId, bytes.byteLength]),
    log: pino({ level: 'silent' }),
  });
  let closed = 0;
  const stream = (chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, totalSize?: number) => {
    const reader: Pick<ByteStreamReader, 'info' | 'close'> & AsyncIterable<Uint8Array> = {
      info: {
        streamId: 'x',
        name: '',
        mimeType: '',
        topic: 'lk.agent.session',
        timestamp: 0,
        ...(totalSize !== undefined && { totalSize }),
      },
      async close() {
        closed += 1;
      },
      async *[Symbol.asyncIterator]() {
        yield* chunks;
      },
    };
    return reader as unknown as ByteStreamReader;
  };
  return { inbox, messages, stream, closed: () => closed };
}

it('gives messages whole', async () => {
  const { inbox, messages, stream } = setUp();
  await inbox.takeStream(ann, stream([new Uint8Array(10), new Uint8Array(20)]));
  expect(messages).toEqual([['ann', 30]]);
});

it('gives nothing of what is too long, whether it says so or not, or breaks off', async () => {
  const { inbox, messages, stream, closed } = setUp();
  await inbox.takeStream(ann, stream([new Uint8Array(1)], 1_000_000));
  expect(closed()).toBe(1);
  const endless = (function* () {
    for (;;) yield new Uint8Array(1_000);
  })();
  await inbox.takeStream(ann, stream(endless));
  const broken = (function* () {
    yield new Uint8Array(1);
    throw new Error('gone');
  })();
  await inbox.takeStream(ann, stream(broken));
  expect(messages).toEqual([]);
});

it('holds back who opens many at once, and nobody else', async () => {
  const { inbox, messages, stream, closed } = setUp();
  const held = createDeferred<void>();
  const slow = async function* () {
    await held.promise;
    yield new Uint8Array(1);
  };
  const taken = Array.from({ length: 10 }, () => inbox.takeStream(ann, stream(slow())));
  await inbox.takeStream(bob, stream([new Uint8Array(5)]));
  expect(messages).toEqual([['bob', 5]]);
  expect(closed()).toBe(2);
  held.resolve();
  await Promise.all(taken);
  await inbox.takeStream(ann, stream([new Uint8Array(7)]));
  expect(messages.filter(([of]) => of === 'ann')).toHaveLength(9);
});
