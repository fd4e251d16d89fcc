import { connect } from 'node:net';
// The SDK's ES modules look for `require`, find none, and then say that `ws` is not installed: its CommonJS is taken.
import { Cartesia } from '@cartesia/cartesia-js/client.js';
import { TTSWS } from '@cartesia/cartesia-js/resources/tts/ws.js';
import type { WebsocketClientEvent, WebsocketResponse } from '@cartesia/cartesia-js/resources/tts.js';
import WebSocket, { type ClientOptions } from 'ws';
import type { Clock } from '../../runtime/clock.ts';
import type { ProviderError } from '../../runtime/provider-error.ts';
import { unsendableKeyError } from '../../runtime/unsendable-key.ts';
import { readRefusal, refusalError } from '../../runtime/vendor-socket-refusal.ts';
import { CARTESIA, cartesiaError, closeError, contextError } from './faults.ts';

/** One websocket of the SDK, which carries the contexts of many replies. It is never opened again by itself. */
export interface CartesiaConnection {
  /** On a connection that is closed it is dropped: the SDK would open another, where no context is known. */
  send(event: WebsocketClientEvent): void;
  /** Hears what comes for a context until the returned function is called; what comes later is dropped. */
  listen(contextId: string, listener: ContextListener): () => void;
  /** Safe to call twice. */
  close(): void;
}

export interface ContextListener {
  readonly onMessage: (message: Exclude<WebsocketResponse, WebsocketResponse.Error>) => void;
  readonly onError: (error: ProviderError) => void;
}

/** How long a handshake may take, in ms. Source: four round trips of 300 ms, and packets sent again after 1 s and 2 s. */
const CONNECT_MS = 5_000;

/** How long the vendor may take to answer a close, in ms, before the connection is cut. */
const CLOSING_MS = 1_000;

/** Opens one. Rejects with ProviderError. */
export async function connectCartesia(options: {
  readonly apiKey: string;
  readonly baseUrl: string;
  readonly clock: Clock;
  /** Called once, if it was open, when it is of no more use. */
  readonly onClosed: () => void;
}): Promise<CartesiaConnection> {
  const { apiKey, baseUrl, clock } = options;
  const unsendable = unsendableKeyError(CARTESIA, [apiKey]);
  if (unsendable !== null) throw unsendable;
  const client = new Cartesia({ apiKey, baseURL: baseUrl, maxRetries: 0 });
  const tts = new TTSWS(client, socketOptions(baseUrl));
  const { socket } = tts;
  if (!(socket instanceof WebSocket))
    throw cartesiaError('unavailable', 'the SDK and we have two versions of ws');
  const listeners = new Map<string, ContextListener>();
  let failure: ProviderError | null = null;
  let isOver = false;
  let cancelClosing = () => {};

  const failAll = (error: ProviderError) => {
    for (const listener of [...listeners.values()]) listener.onError(error);
  };
  const close = () => {
    if (isOver) return;
    isOver = true;
    tts.close();
    cancelClosing = clock.at(clock.nowMs() + CLOSING_MS, () => socket.terminate());
    options.onClosed();
  };
  guardMessages(socket, (error) => {
    close();
    failAll(cartesiaError('protocol', 'it sent what cannot be read', error));
  });
  // Without this listener the SDK ends the process by a rejection that nobody handles.
  tts.on('error', (error) => {
    // An error of a context comes by `event` too.
    if (error.error !== undefined) return;
    const isUnreadable = 'cause' in error && error.cause instanceof SyntaxError;
    if (!isUnreadable) return;
    close();
    failAll(cartesiaError('protocol', error.message, error));
  });
  tts.on('event', (event) => {
    const contextId = 'context_id' in event ? event.context_id : undefined;
    if (event.type === 'error') {
      const error = contextError(event);
      if (contextId) listeners.get(contextId)?.onError(error);
      else failAll(error);
    } else if (contextId) listeners.get(contextId)?.onMessage(event);
  });

  socket.on('unexpected-response', (_request, response) => {
    readRefusal(response).then(
      (refusal) => {
        failure = refusalError(CARTESIA, refusal, [apiKey]);
        socket.terminate();
      },
      () => socket.terminate(),
    );
  });
  try {
    await tts.connect();
  } catch (error) {
    throw failure ?? connectError(error);
  }
  socket.on('close', (code, reason) => {
    cancelClosing();
    if (!isOver) options.onClosed();
    isOver = true;
    failAll(closeError(code, reason.toString('utf8')));
  });
  if (socket.readyState !== WebSocket.OPEN) throw cartesiaError('unavailable', 'the socket closed at once');

  return {
    send(event) {
      if (socket.readyState === WebSocket.OPEN) void tts.send(event);
    },
    listen(contextId, listener) {
      listeners.set(contextId, listener);
      return () => void listeners.delete(contextId);
    },
    close,
  };
}

/** The SDK reads messages inside the socket's own event: what it throws there, or a listener of its, would end the process. */
function guardMessages(socket: WebSocket, onFault: (error: unknown) => void): void {
  for (const read of socket.listeners('message')) {
    socket.removeListener('message', read as () => void);
    socket.on('message', (...message) => {
      try {
        read.apply(socket, message);
      } catch (error) {
        onFault(error);
      }
    });
  }
}

/** The SDK makes `wss:` of every address; a plain one is reached by giving it the connection. */
function socketOptions(baseUrl: string): ClientOptions {
  const { protocol, hostname, port } = new URL(baseUrl);
  const common = { handshakeTimeout: CONNECT_MS, perMessageDeflate: false };
  if (protocol === 'https:') return common;
  // The handshake's timeout is the socket's, which whoever makes the socket has to set.
  const address = { host: hostname, port: Number(port || 80), timeout: CONNECT_MS };
  return { ...common, createConnection: () => connect(address) };
}

function connectError(thrown: unknown): ProviderError {
  const message =
    typeof thrown === 'object' && thrown !== null && 'message' in thrown
      ? String(thrown.message)
      : String(thrown);
  const hasTimedOut = /timed out/i.test(message);
  return cartesiaError(hasTimedOut ? 'timeout' : 'unavailable', message || 'it cannot be reached', thrown);
}
