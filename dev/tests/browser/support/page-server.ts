import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { extname, join, normalize } from 'node:path';

/** An answer of the API: its status, its headers and its JSON. */
export interface ApiAnswer {
  readonly status: number;
  readonly json: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What each route answers; `null` hangs up without an answer. A route that is missing answers 404. */
export type ApiRoutes = Readonly<
  Record<string, (body: unknown) => ApiAnswer | null | Promise<ApiAnswer | null>>
>;

/** A web server of a test: a built page, an API of its own making, and `/rtc` led to a real SFU. */
export interface PageServer {
  /** `http://127.0.0.1:N`. */
  readonly url: string;
  /** `ws://127.0.0.1:N`: what a token answer gives as `server_url`. */
  readonly signalUrl: string;
  /** Calls of the API so far, `POST /api/token`. */
  readonly requests: readonly string[];
  /** Breaks every signalling connection and refuses new ones, as a lost network does. */
  cutSignal(): void;
  restoreSignal(): void;
  close(): Promise<void>;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.wasm': 'application/wasm',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.map': 'application/json',
};

/** As strict as the web server's own, so that a page that needs more fails here first. */
const POLICY =
  "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self' ws: wss:; worker-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";

/** Serves the page in `folder` on a free port of loopback. `sfuPort` is where signalling goes. */
export async function startPageServer({
  folder,
  sfuPort,
  routes,
}: {
  readonly folder: string;
  readonly sfuPort: number;
  readonly routes: ApiRoutes;
}): Promise<PageServer> {
  const requests: string[] = [];
  const signals = new Set<Socket>();
  let isSignalCut = false;

  const server = createServer((request, response) => {
    void answer(request, response).catch(() => response.destroy());
  });

  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const { pathname } = new URL(request.url ?? '/', 'http://page');
    if (pathname.startsWith('/rtc')) return relayQuestion(request, response);
    if (!pathname.startsWith('/api/')) return serveFile(response, folder, pathname);
    const route = `${request.method} ${pathname}`;
    requests.push(route);
    const result = routes[route] ? await routes[route](await readJson(request)) : { status: 404, json: {} };
    if (!result) return void response.destroy();
    response.writeHead(result.status, { 'content-type': 'application/json', ...result.headers });
    response.end(JSON.stringify(result.json));
  };

  /** Leads a connection to the SFU as it is, byte by byte. */
  const relay = (request: IncomingMessage, socket: Socket, head: Buffer) => {
    if (isSignalCut) return void socket.destroy();
    const upstream = connect(sfuPort, '127.0.0.1');
    signals.add(socket);
    const end = () => {
      signals.delete(socket);
      socket.destroy();
      upstream.destroy();
    };
    for (const side of [socket, upstream]) side.on('error', end).on('close', end);
    const headers = request.rawHeaders.reduce(
      (text, part, index) => text + part + (index % 2 === 0 ? ': ' : '\r\n'),
      '',
    );
    upstream.write(`${request.method} ${request.url} HTTP/1.1\r\n${headers}\r\n`);
    upstream.write(head);
    upstream.pipe(socket);
    socket.pipe(upstream);
  };
  /** After a failed connection livekit-client asks over HTTP what was wrong. */
  const relayQuestion = async (request: IncomingMessage, response: ServerResponse) => {
    if (isSignalCut) return void response.destroy();
    const reply = await fetch(`http://127.0.0.1:${sfuPort}${request.url}`);
    response.writeHead(reply.status).end(await reply.text());
  };
  server.on('upgrade', (request, socket, head) => relay(request, socket as Socket, head));

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the page server has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    signalUrl: `ws://127.0.0.1:${address.port}`,
    requests,
    cutSignal() {
      isSignalCut = true;
      for (const socket of signals) socket.destroy();
    },
    restoreSignal() {
      isSignalCut = false;
    },
    async close() {
      for (const socket of signals) socket.destroy();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

async function serveFile(response: ServerResponse, folder: string, pathname: string): Promise<void> {
  const name = pathname === '/' ? 'index.html' : normalize(pathname);
  try {
    const content = await readFile(join(folder, name));
    response.writeHead(200, {
      'content-type': TYPES[extname(name)] ?? 'application/octet-stream',
      'content-security-policy': POLICY,
    });
    response.end(content);
  } catch {
    response.writeHead(404).end();
  }
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  return text ? JSON.parse(text) : null;
}
