import { createServer as createHttpServer, type Server, type ServerOptions } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import { isRtcTarget } from '../livekit/rtc-path.ts';
import type { RtcProxy } from '../livekit/rtc-proxy.ts';
import { type Clock, settlesWithin } from '../runtime/clock.ts';
import type { ServerEnv } from './client-address.ts';

/** The server cannot listen. The message is one line that says what to do. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
  readonly code: 'port_in_use' | 'not_permitted' | 'no_such_address' | 'failed';
  constructor(code: ListenError['code'], message: string, cause: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

export interface Listener {
  /** The port taken, where any free one was asked for. */
  readonly port: number;
  /** Takes no new connection, lets running requests end for a moment, then ends every connection. */
  close(): Promise<void>;
}

/** A join carries its token and its first offer in the address. */
const MAX_HEADER_BYTES = 64 * 1024;
const REQUEST_TIMEOUT_MS = 30_000;
const CLOSE_GRACE_MS = 1_000;

/** Serves an app, and `/rtc` beside it where there is a proxy for it. Rejects with `ListenError`. */
export async function listen(options: {
  readonly app: Pick<Hono<ServerEnv>, 'fetch'>;
  readonly rtcProxy: RtcProxy | null;
  readonly host: string;
  readonly port: number;
  /** The variable that holds the port. */
  readonly portVariable: string;
  /** PEM texts: HTTPS. */
  readonly tls: { readonly cert: string; readonly key: string } | null;
  /** How long a request may take until it has arrived whole, in ms. Default 30,000. */
  readonly requestTimeoutMs?: number;
  readonly clock: Clock;
}): Promise<Listener> {
  const { rtcProxy, tls, requestTimeoutMs = REQUEST_TIMEOUT_MS } = options;
  const answer = getRequestListener(
    (request, env) => options.app.fetch(request, env as ServerEnv['Bindings']),
    {
      overrideGlobalObjects: false,
    },
  );
  const limits: ServerOptions = { maxHeaderSize: MAX_HEADER_BYTES, requestTimeout: requestTimeoutMs };
  const server: Server = tls === null ? createHttpServer(limits) : createHttpsServer({ ...limits, ...tls });

  server.on('request', (request, response) => {
    if (rtcProxy !== null && isRtcTarget(request.url ?? '')) rtcProxy.request(request, response);
    else void answer(request, response);
  });
  server.on('upgrade', (request, socket, head) => {
    // A client that is gone is no fault of ours; without a listener it would end the process.
    socket.on('error', () => socket.destroy());
    if (rtcProxy !== null && isRtcTarget(request.url ?? ''))
      rtcProxy.upgrade(request, socket as Socket, head);
    else socket.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\n\r\n');
  });

  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => reject(explain(cause, options)));
    server.listen({ port: options.port, host: options.host }, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      rtcProxy?.close();
      server.closeIdleConnections();
      await settlesWithin(options.clock, closed, CLOSE_GRACE_MS);
      server.closeAllConnections();
      await closed;
    },
  };
}

function explain(
  cause: NodeJS.ErrnoException,
  {
    host,
    port,
    portVariable,
  }: { readonly host: string; readonly port: number; readonly portVariable: string },
): ListenError {
  const where = `Port ${port} on ${host}`;
  switch (cause.code) {
    case 'EADDRINUSE':
      return new ListenError(
        'port_in_use',
        `${where} is in use. End the process that holds it, or set ${portVariable} to a free port.`,
        cause,
      );
    case 'EACCES':
      return new ListenError(
        'not_permitted',
        `${where} may not be taken by this user. Set ${portVariable} to one above 1023.`,
        cause,
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new ListenError(
        'no_such_address',
        `${host} is no address of this machine. Set HOST to one that is, or to 0.0.0.0.`,
        cause,
      );
    default:
      return new ListenError('failed', `${where} cannot be listened on: ${cause.message}.`, cause);
  }
}
