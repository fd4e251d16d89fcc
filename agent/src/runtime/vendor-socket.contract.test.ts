import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { createMonotonicClock } from './clock.ts';
import { createDeferred } from './deferred.ts';
import { openVendorSocket, type VendorSocketEnd, type VendorSocketOptions } from './vendor-socket.ts';
import { createVirtualClock } from './virtual-clock.ts';

const KEY = 'key-of-nobody';

test('frames go both ways, in order and by their kind', async () => {
  const vendor = await startVendor((socket) => {
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
  });
  const wire = connectTo(vendor.url);
  const socket = await wire.opened;
  socket.send('naïve 你好 😀');
  socket.send(Uint8Array.of(1, 2, 3));
  await expect.poll(() => wire.received).toEqual(['naïve 你好 😀', Buffer.from([1, 2, 3])]);
  expect(vendor.requests[0]?.headers['x-key']).toBe(KEY);
});

test.each([
  [401, {}, '{"detail":{"status":"invalid_api_key"}}', { code: 'auth', retryable: false }],
  [
    401,
    {},
    '{"detail":{"status":"quota_exceeded"}}',
    { code: 'rate_limit', retryable: false, retryAfterMs: null },
  ],
  [
    429,
    { 'retry-after': '7' },
    'slow down',
    { code: 'rate_limit', retryable: true, retryAfterMs: 7_000, message: /slow down/ },
  ],
  [404, {}, 'no such voice', { code: 'bad_request', retryable: false }],
  [503, {}, '', { code: 'unavailable', retryable: true }],
] as const)(
  'a handshake refused with %i is told by its status, headers and body',
  async (status, headers, body, error) => {
    const vendor = await startRefusing((_request, socket) => {
      const lines = Object.entries({ ...headers, 'content-length': Buffer.byteLength(body) });
      const head = [`HTTP/1.1 ${status} No`, ...lines.map(([name, value]) => `${name}: ${value}`)].join(
        '\r\n',
      );
      socket.end(`${head}\r\n\r\n${body}`);
    });
    const { message = /./, ...rest } = error as { message?: RegExp };
    await expect(connectTo(vendor).opened).rejects.toMatchObject({
      ...rest,
      message: expect.stringMatching(message),
    });
  },
);

test('a key that the vendor quotes is not told on', async () => {
  const vendor = await startRefusing((_request, socket) =>
    socket.end(`HTTP/1.1 401 No\r\n\r\nwrong key: ${KEY}`),
  );
  await expect(connectTo(vendor).opened).rejects.toThrow('wrong key: …');
});

test('a vendor that is not there is unavailable', async () => {
  const vendor = await startVendor(() => {});
  await vendor.stop();
  await expect(connectTo(vendor.url).opened).rejects.toMatchObject({ code: 'unavailable', retryable: true });
});

test('a handshake without an answer is a timeout, and nothing stays open', async () => {
  const sockets: Duplex[] = [];
  const vendor = await startRefusing((_request, socket) => sockets.push(socket));
  const clock = createVirtualClock();
  const { opened } = connectTo(vendor, { clock, connectMs: 1_000 });
  const rejected = expect(opened).rejects.toMatchObject({ code: 'timeout', retryable: true });
  await expect.poll(() => sockets.length).toBe(1);
  await clock.advance(1_000);
  await rejected;
  await expect.poll(() => sockets[0]?.destroyed).toBe(true);
  expect(clock.pendingTimers).toBe(0);
});

test('a signal that aborts before the handshake ends it with its reason', async () => {
  const vendor = await startRefusing(() => {});
  const ending = new AbortController();
  const { opened } = connectTo(vendor, { signal: ending.signal });
  ending.abort(new Error('not needed'));
  await expect(opened).rejects.toThrow('not needed');
  await expect(
    connectTo(vendor, { signal: AbortSignal.abort(new Error('too late')) }).opened,
  ).rejects.toThrow('too late');
});

test('a signal that aborts later closes the socket, and nothing is told of what comes then', async () => {
  const closed = createDeferred<number>();
  const vendor = await startVendor((socket) => {
    socket.on('close', (code) => closed.resolve(code));
    socket.on('message', () => socket.send('late'));
  });
  const ending = new AbortController();
  const wire = connectTo(vendor.url, { signal: ending.signal });
  const socket = await wire.opened;
  socket.send('question');
  ending.abort();
  expect(await closed.promise).toBe(1000);
  expect(await wire.end).toEqual({ by: 'us' });
  expect(wire.received).toEqual([]);
  socket.close();
  socket.send('dropped');
});

test('a vendor that does not answer a close is cut off', async () => {
  const clock = createVirtualClock();
  const vendor = await startVendor((socket) => socket.pause());
  const wire = connectTo(vendor.url, { clock });
  (await wire.opened).close();
  await clock.advance(1_000);
  expect(await wire.end).toEqual({ by: 'us' });
  expect(clock.pendingTimers).toBe(0);
});

test('a close by the vendor is told with its code and reason', async () => {
  const vendor = await startVendor((socket) => socket.close(1008, 'nobody spoke'));
  expect(await connectTo(vendor.url).end).toEqual({ by: 'vendor', code: 1008, reason: 'nobody spoke' });
});

test('a cut connection and a frame that is none are failures', async () => {
  const cut = await startVendor((socket) => socket.terminate());
  expect(await connectTo(cut.url).end).toMatchObject({
    by: 'failure',
    error: { code: 'unavailable', retryable: true },
  });
  const broken = await startVendor((_socket, request) => request.socket.write(Buffer.from([0xff, 0xff])));
  expect(await connectTo(broken.url).end).toMatchObject({ by: 'failure', error: { code: 'protocol' } });
});

test('a vendor that stops reading is given up before what waits fills the memory', async () => {
  const vendor = await startVendor((socket) => socket.pause());
  const wire = connectTo(vendor.url);
  const socket = await wire.opened;
  const megabyte = new Uint8Array(1024 * 1024);
  for (let sent = 0; sent < 64 && socket.isOpen; sent++) socket.send(megabyte);
  expect(await wire.end).toMatchObject({ by: 'failure', error: { code: 'unavailable' } });
});

function connectTo(url: string, options: Partial<VendorSocketOptions> = {}) {
  const received: (string | Buffer)[] = [];
  const end = createDeferred<VendorSocketEnd>();
  const ending = new AbortController();
  onTestFinished(() => ending.abort());
  const opened = openVendorSocket({
    provider: 'tested',
    url,
    headers: { 'x-key': KEY },
    secrets: [KEY],
    signal: ending.signal,
    clock: createMonotonicClock(),
    onText: (text) => received.push(text),
    onBinary: (bytes) => received.push(bytes),
    onClosed: end.resolve,
    ...options,
  });
  opened.catch(() => {});
  return { opened, received, end: end.promise };
}

/** A vendor on a free port of loopback, for one test. */
async function startVendor(serve: (socket: WebSocket, request: IncomingMessage) => void) {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  const requests: IncomingMessage[] = [];
  server.on('connection', (socket, request) => {
    requests.push(request);
    serve(socket, request);
  });
  const stop = () => {
    for (const socket of server.clients) socket.terminate();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  };
  onTestFinished(stop);
  await new Promise((resolve) => server.once('listening', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/speak`, requests, stop };
}

/** A server that answers the handshake as it likes. */
async function startRefusing(answer: (request: IncomingMessage, socket: Duplex) => void): Promise<string> {
  const server = createServer();
  const sockets = new Set<Duplex>();
  server.on('upgrade', (request, socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('end', () => socket.end());
    socket.resume();
    answer(request, socket);
  });
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/speak`;
}
