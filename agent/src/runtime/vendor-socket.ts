import WebSocket from 'ws';
import type { Clock } from './clock.ts';
import { ProviderError } from './provider-error.ts';
import { readRefusal, refusalError, type VendorRefusal } from './vendor-socket-refusal.ts';

/** A websocket to a vendor whose wire is spoken by hand. */
export interface VendorSocket {
  readonly isOpen: boolean;
  /** Bytes that were sent and have not left this process. */
  readonly waitingBytes: number;
  /** Sends a frame: text as text, bytes as binary. On a socket that is not open it is dropped. */
  send(frame: string | Uint8Array): void;
  /** Closes with code 1000; `onClosed` follows, within `CLOSING_MS` whatever the vendor does. Safe to call twice. */
  close(): void;
}

/** Why a socket is closed. */
export type VendorSocketEnd =
  /** By us: `close`, or the signal. */
  | { readonly by: 'us' }
  /** By the vendor's close frame; 1005 where it names no code. */
  | { readonly by: 'vendor'; readonly code: number; readonly reason: string }
  /** Cut, or unreadable, or the vendor does not take what is sent. */
  | { readonly by: 'failure'; readonly error: ProviderError };

export interface VendorSocketOptions {
  readonly provider: string;
  /** `http:` and `https:` are taken for `ws:` and `wss:`. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly subprotocols?: readonly string[];
  /** Cut out of what errors tell. */
  readonly secrets: readonly string[];
  /** Closes the socket, or ends the attempt to open it. */
  readonly signal: AbortSignal;
  /** How long the vendor may take for its handshake, in ms. Default `CONNECT_MS`. */
  readonly connectMs?: number;
  readonly clock: Clock;
  /** What a refused handshake means. Default: by its status. */
  readonly refused?: (refusal: VendorRefusal) => ProviderError;
  /** Every text frame, in order; the first may come before who awaits the socket goes on. */
  readonly onText: (text: string) => void;
  readonly onBinary?: (bytes: Buffer) => void;
  /** Called once, after the last frame, if it was ever open. */
  readonly onClosed: (end: VendorSocketEnd) => void;
}

/** How long a handshake may take, in ms. Source: four round trips of 300 ms, and packets sent again after 1 s and 2 s. */
const CONNECT_MS = 5_000;
/** How long a vendor may take to answer a close, in ms, before the connection is cut. */
const CLOSING_MS = 1_000;
/** A frame of sound is some 100 KB; what is larger than this, in bytes, is a fault. */
const LARGEST_FRAME_BYTES = 16 * 1024 * 1024;
/** A vendor that leaves this much unread, in bytes, reads no more: over 20 s of sound at 48 kHz in base64. */
const MOST_WAITING_BYTES = 4 * 1024 * 1024;

/**
 * Opens a socket. Rejects with ProviderError where the vendor refuses, does not answer or cannot be reached, and with
 * the signal's reason where it aborts first; nothing is then left open.
 */
export function openVendorSocket(options: VendorSocketOptions): Promise<VendorSocket> {
  const { provider, clock, signal, secrets } = options;
  if (signal.aborted) return Promise.reject(signal.reason);
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(options.url.replace(/^http/, 'ws'), [...(options.subprotocols ?? [])], {
      headers: { ...options.headers },
      maxPayload: LARGEST_FRAME_BYTES,
      perMessageDeflate: false,
      followRedirects: false,
    });
    socket.binaryType = 'nodebuffer';
    let wasOpen = false;
    let isClosing = false;
    let failure: ProviderError | null = null;
    let cancelDeadline = () => {};

    const fail = (error: ProviderError) => {
      failure ??= error;
      socket.terminate();
    };
    const close = () => {
      if (isClosing || socket.readyState === WebSocket.CLOSED) return;
      isClosing = true;
      if (!wasOpen) return socket.terminate();
      socket.close(1000);
      cancelDeadline = clock.at(clock.nowMs() + CLOSING_MS, () => socket.terminate());
    };
    const onAbort = () => {
      if (!wasOpen) reject(signal.reason);
      close();
    };
    const opening: VendorSocket = {
      get isOpen() {
        return socket.readyState === WebSocket.OPEN;
      },
      get waitingBytes() {
        return socket.bufferedAmount;
      },
      send(frame) {
        if (socket.readyState !== WebSocket.OPEN) return;
        if (socket.bufferedAmount > MOST_WAITING_BYTES) fail(unavailable(provider, 'it reads nothing'));
        // An error of a send is told by the close as well.
        else socket.send(frame, () => {});
      },
      close,
    };

    signal.addEventListener('abort', onAbort, { once: true });
    cancelDeadline = clock.at(clock.nowMs() + (options.connectMs ?? CONNECT_MS), () =>
      fail(
        new ProviderError('timeout', `${provider} did not answer the handshake`, {
          provider,
          retryable: true,
        }),
      ),
    );
    socket.on('open', () => {
      cancelDeadline();
      wasOpen = true;
      resolve(opening);
    });
    socket.on('message', (data: Buffer, isBinary) => {
      if (isClosing || failure !== null) return;
      if (isBinary) options.onBinary?.(data);
      else options.onText(data.toString('utf8'));
    });
    socket.on('unexpected-response', (request, response) => {
      readRefusal(response).then(
        (refusal) => {
          fail(options.refused?.(refusal) ?? refusalError(provider, refusal, secrets));
          request.destroy();
        },
        (error) => fail(unavailable(provider, String(error))),
      );
    });
    // An error is followed by the close.
    socket.on('error', (error) => (failure ??= errorOf(provider, error)));
    socket.on('close', (code, reason) => {
      cancelDeadline();
      signal.removeEventListener('abort', onAbort);
      if (!wasOpen)
        return reject(isClosing ? signal.reason : (failure ?? unavailable(provider, 'it closed')));
      if (isClosing) return options.onClosed({ by: 'us' });
      if (failure !== null) return options.onClosed({ by: 'failure', error: failure });
      if (code === 1006) {
        return options.onClosed({ by: 'failure', error: unavailable(provider, 'the connection was cut') });
      }
      options.onClosed({ by: 'vendor', code, reason: reason.toString('utf8') });
    });
  });
}

function unavailable(provider: string, detail: string, cause?: unknown): ProviderError {
  return new ProviderError('unavailable', `${provider}: ${detail}`, { provider, retryable: true, cause });
}

/** What `ws` found: a frame that breaks the protocol, or a connection that failed. */
function errorOf(provider: string, error: Error & { readonly code?: string }): ProviderError {
  const isProtocol = error.code?.startsWith('WS_ERR_') === true;
  // A refused connection has no message, but its attempts have: IPv6 and IPv4.
  const detail = error.message || (error.code ?? 'the connection failed');
  if (!isProtocol) return unavailable(provider, detail, error);
  return new ProviderError('protocol', `${provider}: ${detail}`, { provider, retryable: true, cause: error });
}
