import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { createProxyServer, type ProxyServerOptions } from 'httpxy';
import type { Logger } from 'pino';

/** Longest wait for livekit-server to answer, in ms. */
const ANSWER_TIMEOUT_MS = 5_000;

/** Passes `/rtc` on to livekit-server. It asks for no access key: livekit-server checks the token of every join. */
export interface RtcProxy {
  /** A plain request, such as `/rtc/validate`. */
  request(request: IncomingMessage, response: ServerResponse): void;
  /** A WebSocket: both ends live and die together. */
  upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void;
  /** Ends every connection. */
  close(): void;
}

export function createRtcProxy({
  livekitUrl,
  isBehindProxy,
  log,
}: {
  /** `http:` or `https:`. */
  readonly livekitUrl: string;
  /** Forwarded headers come from a proxy of the operator's, and not from the client. */
  readonly isBehindProxy: boolean;
  readonly log: Logger;
}): RtcProxy {
  const options: ProxyServerOptions = {
    target: livekitUrl,
    changeOrigin: true,
    xfwd: true,
    proxyTimeout: ANSWER_TIMEOUT_MS,
    upgradeTimeout: ANSWER_TIMEOUT_MS,
  };
  const open = new Set<Socket>();

  /** Our cookie is for us alone, and an address that a client claims for itself is for nobody. */
  const strip = ({ headers }: IncomingMessage) => {
    delete headers.cookie;
    if (isBehindProxy) return;
    for (const name of Object.keys(headers)) if (name.startsWith('x-forwarded-')) delete headers[name];
  };

  const noted = (error: Error) => log.warn({ err: error }, 'livekit-server cannot be reached for a client');

  return {
    request(request, response) {
      strip(request);
      const proxy = createProxyServer(options);
      proxy.on('error', (error) => {
        noted(error);
        if (response.headersSent) response.destroy();
        else response.writeHead(502, { 'content-type': 'text/plain; charset=utf-8' }).end(AWAY);
      });
      void proxy.web(request, response);
    },
    upgrade(request, socket, head) {
      strip(request);
      open.add(socket);
      let upstream: Socket | undefined;
      socket.on('close', () => {
        open.delete(socket);
        upstream?.destroy();
      });
      const proxy = createProxyServer(options);
      proxy.on('open', (connected) => {
        upstream = connected;
        if (socket.destroyed) connected.destroy();
        // What is still unsent is sent first: a close frame, for one.
        connected.on('close', () => socket.destroySoon());
      });
      proxy.on('error', (error) => {
        if (upstream !== undefined) return socket.destroy();
        noted(error);
        if (!socket.destroyed) socket.end(`HTTP/1.1 502 Bad Gateway\r\nconnection: close\r\n\r\n${AWAY}`);
      });
      void proxy.ws(request, socket, options, head);
    },
    close() {
      for (const socket of open) socket.destroy();
    },
  };
}

const AWAY = 'livekit-server does not answer. Try again in a few seconds.\n';
