import { RoomServiceClient } from 'livekit-server-sdk';
import { expect, it } from 'vitest';
import { listenersOf } from '../ports/listeners.ts';
import { startTestSfu } from './test-sfu.ts';

it('starts a livekit-server that knows its keys and listens on loopback alone', async () => {
  const sfu = await startTestSfu();
  try {
    const rooms = new RoomServiceClient(sfu.httpUrl, sfu.apiKey, sfu.apiSecret);
    const room = await rooms.createRoom({ name: 'lobby' });
    expect(room.sid).toMatch(/^RM_/);
    const addresses = (await listenersOf([sfu.pid])).map(({ address }) => address);
    expect(addresses).toContain('127.0.0.1');
    expect(new Set(addresses)).toEqual(new Set(['127.0.0.1']));
  } finally {
    await sfu.stop();
  }
  await expect(fetch(sfu.httpUrl)).rejects.toThrow();
});

it('starts again on the port and with the keys of one that was stopped', async () => {
  const first = await startTestSfu();
  await first.stop();
  await first.stop();
  const second = await startTestSfu({ port: Number(new URL(first.httpUrl).port), keys: first });
  expect(second.url).toBe(first.url);
  await second.stop();
});
