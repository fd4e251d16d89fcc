import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { Clock } from '../../runtime/clock.ts';
import {
  ELEVENLABS,
  elevenlabsCloseError,
  elevenlabsError,
  elevenlabsMessageError,
} from '../../runtime/elevenlabs-account.ts';
import type { ProviderError } from '../../runtime/provider-error.ts';
import { openVendorSocket, type VendorSocket, type VendorSocketEnd } from '../../runtime/vendor-socket.ts';
import { readServerMessage, type ServerMessage } from './server-message.ts';

/** Contexts for the replies of one voice, over as many websockets as they need. */
export interface ContextPool {
  /** Has a connection ready. Rejects with ProviderError. */
  warm(): Promise<void>;
  /** A context of its own. Rejects with ProviderError, or with the signal's reason where it aborted meanwhile. */
  open(listener: ContextListener, signal: AbortSignal): Promise<VoiceContext>;
  /** Safe to call twice. */
  close(): void;
}

export interface VoiceContext {
  /** Nothing is sent after `close`. */
  send(message: { readonly text: string; readonly flush?: boolean }): void;
  /** No text follows, and nobody listens to what is not flushed yet. Safe to call twice. */
  close(): void;
}

export interface ContextListener {
  readonly onSound: (message: Extract<ServerMessage, { type: 'sound' }>) => void;
  /** The context is lost. */
  readonly onError: (error: ProviderError) => void;
}

/** The vendor closes a socket, with all its contexts, for one more. Source: its page on multi-context websockets. */
const MOST_CONTEXTS = 5;
/** How long a closed context is counted where its end is not told, in ms: what it had to flush comes in that. */
const CLOSING_MS = 10_000;

/** A socket that lived for this long, in ms, was closed for its silence and not for a fault. */
const LASTING_MS = 30_000;

interface Line {
  readonly opening: Promise<VendorSocket>;
  /** Those that the vendor counts. */
  readonly contexts: Map<string, OpenContext>;
  close(reason: ProviderError): void;
}

interface OpenContext {
  readonly listener: ContextListener;
  cancelForget(): void;
}

export function createContextPool(options: {
  readonly url: string;
  readonly apiKey: string;
  /** What the first message of each context says of the voice. */
  readonly voiceSettings: Readonly<Record<string, number>>;
  readonly clock: Clock;
  readonly log: Logger;
}): ContextPool {
  const { url, apiKey, voiceSettings, clock, log } = options;
  const lines = new Set<Line>();
  const closing = new AbortController();

  const forget = (line: Line, id: string) => {
    line.contexts.get(id)?.cancelForget();
    line.contexts.delete(id);
    // One line is kept for the next reply.
    if (line.contexts.size === 0 && lines.size > 1) line.close(closedError('it is not needed any more'));
  };
  const failAll = (line: Line, error: ProviderError) => {
    const contexts = [...line.contexts.values()];
    line.contexts.clear();
    for (const { listener, cancelForget } of contexts) {
      cancelForget();
      listener.onError(error);
    }
  };

  const hear = (line: Line, text: string) => {
    const message = readServerMessage(text);
    if (message === null) {
      const error = elevenlabsError('protocol', 'it sent what is no message of its protocol');
      failAll(line, error);
      return line.close(error);
    }
    const context = message.contextId === null ? undefined : line.contexts.get(message.contextId);
    if (message.type === 'error') {
      const error = elevenlabsMessageError(message.code, message.detail);
      // Without a context it is the whole socket's, which the vendor closes next.
      if (message.contextId === null) failAll(line, error);
      else context?.listener.onError(error);
      return;
    }
    if (message.isFinal && message.contextId !== null) forget(line, message.contextId);
    context?.listener.onSound(message);
  };

  const openLine = (): Line => {
    const ending = new AbortController();
    const startedAtMs = clock.nowMs();
    const opening = openVendorSocket({
      provider: ELEVENLABS,
      url,
      headers: { 'xi-api-key': apiKey },
      secrets: [apiKey],
      signal: AbortSignal.any([closing.signal, ending.signal]),
      clock,
      onText: (text) => hear(line, text),
      onClosed(end) {
        lines.delete(line);
        failAll(line, errorOf(end));
        // Nobody spoke for minutes: another is ready before it is needed.
        if (end.by === 'us' || lines.size > 0 || clock.nowMs() - startedAtMs < LASTING_MS) return;
        warm().catch((error) => log.warn({ err: error, provider: ELEVENLABS }, 'no new connection yet'));
      },
    });
    const line: Line = {
      opening,
      contexts: new Map(),
      close(reason) {
        lines.delete(line);
        ending.abort(reason);
      },
    };
    lines.add(line);
    opening.catch(() => lines.delete(line));
    return line;
  };

  const lineWithRoom = (): Line => {
    for (const line of lines) if (line.contexts.size < MOST_CONTEXTS) return line;
    return openLine();
  };
  const warm = async () => {
    if (closing.signal.aborted) throw closing.signal.reason;
    await lineWithRoom().opening;
  };

  return {
    warm,
    async open(listener, signal) {
      if (closing.signal.aborted) throw closing.signal.reason;
      const id = randomUUID();
      const line = lineWithRoom();
      // Counted from here on: others may ask while the connection opens.
      line.contexts.set(id, { listener, cancelForget: () => {} });
      const socket = await line.opening;
      if (signal.aborted) {
        forget(line, id);
        throw signal.reason;
      }
      const send = (message: object) => socket.send(JSON.stringify({ ...message, context_id: id }));
      send({ text: ' ', voice_settings: voiceSettings });
      let isClosed = false;
      return {
        send(message) {
          if (!isClosed) send(message);
        },
        close() {
          if (isClosed) return;
          isClosed = true;
          send({ close_context: true });
          if (!line.contexts.has(id)) return;
          const cancelForget = clock.at(clock.nowMs() + CLOSING_MS, () => forget(line, id));
          line.contexts.set(id, { listener, cancelForget });
        },
      };
    },
    close() {
      closing.abort(closedError('the voice is closed'));
      for (const line of lines) failAll(line, closedError('the voice is closed'));
    },
  };
}

function closedError(message: string): ProviderError {
  return elevenlabsError('unavailable', message, { retryable: false });
}

function errorOf(end: VendorSocketEnd): ProviderError {
  switch (end.by) {
    case 'vendor':
      return elevenlabsCloseError(end.code, end.reason);
    case 'failure':
      return end.error;
    case 'us':
      return closedError('the voice is closed');
  }
}
