import type { DeepgramClient, DeepgramTransport } from '@deepgram/sdk';
import type { Clock } from './clock.ts';
import { ProviderError } from './provider-error.ts';
import { openVendorSocket, type VendorSocket, type VendorSocketEnd } from './vendor-socket.ts';

/** Vendor, as agent files name it. */
export const DEEPGRAM = 'deepgram';

/** What recognition and voice of Deepgram have in common, as a provider says it. */
export const DEEPGRAM_ACCESS = {
  name: DEEPGRAM,
  title: 'Deepgram',
  key: 'DEEPGRAM_API_KEY',
  baseUrl: { variable: 'DEEPGRAM_BASE_URL', usual: 'https://api.deepgram.com' },
} as const;

/** With what Deepgram is reached. */
export interface DeepgramAccount {
  readonly apiKey: string;
  readonly baseUrl: string;
  readonly clock: Clock;
}

/** A socket of the SDK, as far as all of them are alike. */
export interface DeepgramSocket<Message> {
  on(event: 'open', handler: () => void): void;
  on(event: 'message', handler: (message: Message) => void): void;
  connect(): unknown;
  close(): void;
}

/** One websocket, from the moment that it is asked for. It is never opened again by itself. */
export interface DeepgramConnection {
  /** Nothing is called any more. Safe to call twice, and before it is open. */
  close(): void;
}

export interface DeepgramHandlers<Message, Socket> {
  /** The socket may be sent to from here on, until `onLost` or `close`. */
  readonly onOpen: (socket: Socket) => void;
  readonly onMessage: (message: Message) => void;
  readonly onSound?: (bytes: Buffer) => void;
  /** Called once, instead of everything else: it could not be opened, or the vendor ended it. */
  readonly onLost: (error: ProviderError) => void;
}

/**
 * Opens one of the SDK's sockets over our own transport: the SDK's hides why a handshake was refused, opens a lost
 * socket again as a new session, and hands sound on as blobs that must be awaited.
 */
export function connectDeepgram<Message, Socket extends DeepgramSocket<Message>>(
  account: DeepgramAccount,
  open: (client: DeepgramClient) => Promise<Socket>,
  handlers: DeepgramHandlers<Message, Socket>,
): DeepgramConnection {
  const ending = new AbortController();
  let socket: Socket | null = null;
  const close = () => {
    if (ending.signal.aborted) return;
    ending.abort(new Error('closed'));
    socket?.close();
  };
  const lose = (error: unknown) => {
    if (ending.signal.aborted) return;
    close();
    handlers.onLost(error instanceof ProviderError ? error : failed('unavailable', String(error)));
  };
  const connect = async () => {
    // Loaded by who needs it: it takes half a second and 30 MB.
    const sdk = await import('@deepgram/sdk');
    const client = new sdk.DeepgramClient({
      apiKey: account.apiKey,
      baseUrl: account.baseUrl,
      transportFactory: (url, headers) =>
        openTransport({
          account,
          url,
          headers,
          signal: ending.signal,
          onSound: handlers.onSound,
          onLost: lose,
        }),
    });
    const created = await open(client);
    if (ending.signal.aborted) return;
    socket = created;
    created.on('open', () => {
      if (!ending.signal.aborted) handlers.onOpen(created);
    });
    created.on('message', (message: Message | string) => {
      if (ending.signal.aborted) return;
      // The SDK hands on as text what it cannot read, and swallows what a handler throws.
      if (typeof message !== 'object' || message === null) return lose(unreadable(message));
      try {
        handlers.onMessage(message);
      } catch (error) {
        lose(error instanceof ProviderError ? error : unreadable(error));
      }
    });
    created.connect();
  };
  connect().catch(lose);
  return { close };
}

/** A transport of the SDK that tells what it loses; what comes before the SDK listens is kept for it. */
async function openTransport(options: {
  readonly account: DeepgramAccount;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly onSound: ((bytes: Buffer) => void) | undefined;
  readonly onLost: (error: unknown) => void;
}): Promise<DeepgramTransport> {
  const { account, url, headers, signal, onSound, onLost } = options;
  const early: string[] = [];
  let listener: ((text: string) => void) | null = null;
  let socket: VendorSocket;
  try {
    socket = await openVendorSocket({
      provider: DEEPGRAM,
      url,
      headers,
      secrets: [account.apiKey],
      signal,
      clock: account.clock,
      onText: (text) => (listener === null ? early.push(text) : listener(text)),
      onBinary: (bytes) => {
        if (!signal.aborted) onSound?.(bytes);
      },
      onClosed: (end) => onLost(endError(end)),
    });
  } catch (error) {
    onLost(error);
    throw error;
  }
  return {
    send(data) {
      if (data instanceof Blob) throw new Error('a blob cannot be sent in order');
      if (typeof data === 'string') return socket.send(data);
      socket.send(
        ArrayBuffer.isView(data)
          ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
          : new Uint8Array(data),
      );
    },
    // It is open when the SDK gets it, and what is lost later is told by `onLost`.
    onOpen() {},
    onError() {},
    onClose() {},
    onMessage(take) {
      listener = take;
      for (const text of early.splice(0)) take(text);
    },
    isOpen: () => socket.isOpen,
    close: () => socket.close(),
  };
}

/** NET-0001: neither sound nor KeepAlive for 10 s. */
const UNFED = /net-?0001/i;

/** Source of the codes: the vendor's pages on errors of its streams. */
function endError(end: VendorSocketEnd): ProviderError {
  if (end.by === 'failure') return end.error;
  if (end.by === 'us') return failed('unavailable', 'the connection was closed');
  const told = `closed the connection (${end.code}${end.reason === '' ? '' : `: ${end.reason}`})`;
  switch (end.code) {
    case 1011:
      return failed(UNFED.test(end.reason) ? 'timeout' : 'unavailable', told);
    // MESSAGE-0000, DATA-0000 and BIG-0000: what we sent cannot be read.
    case 1003:
    case 1008:
    case 1009:
      return failed('bad_request', told);
    case 1002:
    case 1007:
      return failed('protocol', told);
    default:
      return failed('unavailable', told);
  }
}

const unreadable = (what: unknown): ProviderError =>
  failed('protocol', `sent what cannot be read: ${String(what).replace(/\s+/g, ' ').slice(0, 160)}`);

/** A failure of Deepgram, in the words after its name. */
export function failed(code: ProviderError['code'], detail: string): ProviderError {
  const retryable = code !== 'bad_request' && code !== 'auth';
  return new ProviderError(code, `${DEEPGRAM}: ${detail}`, { provider: DEEPGRAM, retryable });
}
