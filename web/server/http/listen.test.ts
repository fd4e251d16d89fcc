import { createServer, request, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { Hono } from 'hono';
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { createRtcProxy } from '../livekit/rtc-proxy.ts';
import { createMonotonicClock } from '../runtime/clock.ts';
import type { ServerEnv } from './client-address.ts';
import { type ListenError, type Listener, listen } from './listen.ts';

const closers: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function start(livekitUrl: string, port = 0): Promise<Listener> {
  const app = new Hono<ServerEnv>().get('/', (c) => c.text('the page'));
  const rtcProxy = createRtcProxy({ livekitUrl, isBehindProxy: false, log: pino({ level: 'silent' }) });
  const clock = createMonotonicClock();
  const listener = await listen({
    app,
    rtcProxy,
    host: '127.0.0.1',
    port,
    portVariable: 'PORT',
    tls: null,
    clock,
  });
  closers.push(() => listener.close());
  return listener;
}

/** An SFU that echoes what it gets after an upgrade, and says what it was asked. */
async function startEcho(): Promise<{
  url: string;
  server: Server;
  sockets: Socket[];
  asked: Record<string, unknown>[];
}> {
  const sockets: Socket[] = [];
  const asked: Record<string, unknown>[] = [];
  const server = createServer({ maxHeaderSize: 64 * 1024 }, (incoming, response) => {
    asked.push({ url: incoming.url, ...incoming.headers });
    response.writeHead(401).end('no token');
  });
  server.on('upgrade', (incoming, socket: Socket) => {
    asked.push({ url: incoming.url, ...incoming.headers });
    if (incoming.url?.includes('refused'))
      return socket.end('HTTP/1.1 401 Unauthorized\r\ncontent-length: 2\r\n\r\nno');
    sockets.push(socket);
    socket.on('error', () => socket.destroy());
    socket.write('HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n');
    socket.pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server, sockets, asked };
}

/** Opens a connection and asks for an upgrade; gives the socket and what came back first. */
async function upgrade(port: number, target: string, extra = ''): Promise<{ socket: Socket; head: string }> {
  const socket = connect(port, '127.0.0.1');
  closers.push(() => socket.destroy());
  socket.write(
    `GET ${target} HTTP/1.1\r\nhost: x\r\nconnection: Upgrade\r\nupgrade: websocket\r\n${extra}\r\n`,
  );
  return { socket, head: await read(socket) };
}

const read = (socket: Socket) =>
  new Promise<string>((resolve) => socket.once('data', (data) => resolve(data.toString())));
const closed = (socket: Socket) =>
  new Promise<void>((resolve) => (socket.destroyed ? resolve() : socket.once('close', () => resolve())));
const get = (port: number, path: string) =>
  new Promise<{ status: number; body: string }>((resolve, reject) => {
    request({ port, host: '127.0.0.1', path, headers: { cookie: 'parley_access=secret' } }, (response) => {
      let body = '';
      response.on('data', (data: Buffer) => (body += data.toString()));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    })
      .on('error', reject)
      .end();
  });

describe('the listener', () => {
  it('serves the app, and passes what is for the SFU on without our cookie', async () => {
    const sfu = await startEcho();
    const { port } = await start(sfu.url);
    expect(await get(port, '/')).toEqual({ status: 200, body: 'the page' });
    expect(await get(port, '/rtc/validate?access_token=t')).toEqual({ status: 401, body: 'no token' });
    expect(sfu.asked[0]?.url).toBe('/rtc/validate?access_token=t');
    expect(sfu.asked[0]).not.toHaveProperty('cookie');
  });

  it('passes a WebSocket through, both ways', async () => {
    const sfu = await startEcho();
    const { port } = await start(sfu.url);
    const claims = 'cookie: parley_access=secret\r\nx-forwarded-for: 6.6.6.6\r\n';
    const { socket, head } = await upgrade(port, '/rtc?access_token=t', claims);
    expect(head).toContain('101');
    socket.write('hello');
    expect(await read(socket)).toBe('hello');
    expect(sfu.asked[0]).not.toHaveProperty('cookie');
    expect(sfu.asked[0]?.['x-forwarded-for']).toBe('127.0.0.1');
  });

  it('closes the SFU’s side when the client is gone', async () => {
    const sfu = await startEcho();
    const { port } = await start(sfu.url);
    const { socket } = await upgrade(port, '/rtc/v1');
    const [upstream] = sfu.sockets;
    socket.resetAndDestroy();
    await closed(upstream ?? expect.fail('no connection'));
  });

  it('closes the client’s side when the SFU is gone, after what it said last', async () => {
    const sfu = await startEcho();
    const { port } = await start(sfu.url);
    const { socket } = await upgrade(port, '/rtc');
    const last = read(socket);
    sfu.sockets[0]?.end('bye');
    expect(await last).toBe('bye');
    await closed(socket);
  });

  it('passes the SFU’s refusal of an upgrade on', async () => {
    const sfu = await startEcho();
    const { port } = await start(sfu.url);
    const { head } = await upgrade(port, '/rtc?access_token=refused');
    expect(head).toContain('401');
  });

  it('answers 502 for an SFU that is away, to a request and to a WebSocket', async () => {
    const sfu = await startEcho();
    sfu.server.close();
    const { port } = await start(sfu.url);
    expect((await get(port, '/rtc/validate')).status).toBe(502);
    const { socket, head } = await upgrade(port, '/rtc');
    expect(head).toContain('502');
    await closed(socket);
  });

  it('upgrades nothing else', async () => {
    const sfu = await startEcho();
    const { port } = await start(sfu.url);
    const { head } = await upgrade(port, '/agent?protocol=1');
    expect(head).toContain('404');
    expect(sfu.asked).toEqual([]);
  });

  it('takes a join whose address carries a large token and offer', async () => {
    const sfu = await startEcho();
    const { port } = await start(sfu.url);
    const { head } = await upgrade(
      port,
      `/rtc/v1?access_token=${'x'.repeat(15_000)}&join_request=${'y'.repeat(15_000)}`,
    );
    expect(head).toContain('101');
  });

  it('ends every connection when it closes', async () => {
    const sfu = await startEcho();
    const listener = await start(sfu.url);
    const { socket } = await upgrade(listener.port, '/rtc');
    await Promise.all([listener.close(), closed(socket)]);
    await expect(get(listener.port, '/')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('says in one line that a port is in use, and what to do', async () => {
    const { port } = await start('http://127.0.0.1:9');
    const error = await start('http://127.0.0.1:9', port).catch((caught: ListenError) => caught);
    expect(error).toMatchObject({
      code: 'port_in_use',
      message: `Port ${port} on 127.0.0.1 is in use. End the process that holds it, or set PORT to a free port.`,
    });
  });
});
