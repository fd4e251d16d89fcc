import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { createMonotonicClock } from '../../runtime/clock.ts';
import type { ProviderError } from '../../runtime/provider-error.ts';
import { type CartesiaConnection, connectCartesia } from './connection.ts';

const CONTEXT = 'a-context';

test.each([
  ['a chunk without sound', { type: 'chunk', context_id: CONTEXT }],
  ['a text', 'chunk'],
  ['a number', 42],
])('%s is a fault of the vendor, and ends the connection alone', async (_, said) => {
  const { connection, vendor, closed } = await connect();
  const failed = new Promise<ProviderError>((resolve) =>
    connection.listen(CONTEXT, { onMessage() {}, onError: resolve }),
  );
  vendor.send(JSON.stringify(said));
  expect(await failed).toMatchObject({ code: 'protocol', retryable: true });
  await closed;
});

test('what a reply cannot take of a message is a fault of the vendor too', async () => {
  const { connection, vendor } = await connect();
  const failed = new Promise<ProviderError>((resolve) =>
    connection.listen(CONTEXT, {
      onMessage() {
        throw new TypeError('there are no times');
      },
      onError: resolve,
    }),
  );
  vendor.send(JSON.stringify({ type: 'timestamps', context_id: CONTEXT, word_timestamps: { start: null } }));
  expect(await failed).toMatchObject({ code: 'protocol' });
});

test('a key that no header can carry is a wrong key, and is not quoted', async () => {
  const clock = createMonotonicClock();
  const account = { apiKey: 'of\nnobody', baseUrl: 'http://127.0.0.1:9', clock, onClosed() {} };
  await expect(connectCartesia(account)).rejects.toMatchObject({
    code: 'auth',
    message: expect.not.stringMatching(/nobody/),
  });
});

async function connect() {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  onTestFinished(() => {
    for (const socket of server.clients) socket.terminate();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  });
  await new Promise((resolve) => server.once('listening', resolve));
  const accepted = new Promise<WebSocket>((resolve) => server.once('connection', resolve));
  let onClosed = () => {};
  const closed = new Promise<void>((resolve) => {
    onClosed = resolve;
  });
  const connection: CartesiaConnection = await connectCartesia({
    apiKey: 'key',
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    clock: createMonotonicClock(),
    onClosed,
  });
  onTestFinished(() => connection.close());
  return { connection, vendor: await accepted, closed };
}
