import { z } from 'zod';
import { createAsyncQueue } from '../runtime/async-queue.ts';
import type { Clock } from '../runtime/clock.ts';
import {
  readSarvam,
  SARVAM,
  sarvamClose,
  sarvamError,
  sarvamErrorSchema,
  sarvamFault,
  sarvamHeaders,
} from '../runtime/sarvam-connection.ts';
import { openVendorSocket, type VendorSocket } from '../runtime/vendor-socket.ts';

/** Pieces of sound that may wait to be read: hours of it. */
const MOST_PIECES = 100_000;
/** How often a line that says nothing tells that it is there, in ms. Source: the vendor closes after 60 s. */
const PING_MS = 20_000;

/** Source: sarvamai 1.1.10 api/types AudioOutput, EventResponse, ErrorResponse. */
const serverMessageSchema = z.union([
  z.object({ type: z.literal('audio'), data: z.object({ audio: z.string() }) }),
  z.object({ type: z.literal('event'), data: z.object({ event_type: z.string() }) }),
  z.object({ type: z.literal('error'), data: sarvamErrorSchema }),
  // What the vendor may add one day.
  z.object({ type: z.string().regex(/^(?!audio$|event$|error$)/) }).transform(() => null),
]);

/** One connection to the vendor's voice, which says one text at a time and cannot be stopped but by its end. */
export interface SarvamLine {
  readonly isOpen: boolean;
  /** Says a text, in one or more messages. Its sound, raw 16-bit PCM, ends with the last of it; throws ProviderError. */
  say(text: { readonly config: string; readonly messages: readonly string[] }): AsyncIterable<Uint8Array>;
  close(): void;
}

export interface SarvamLineOptions {
  readonly url: string;
  readonly apiKey: string;
  readonly clock: Clock;
  /** Ends the line, or the attempt to open it. */
  readonly signal: AbortSignal;
  /** All of a text was said: the line may say another. */
  readonly onSaid: (line: SarvamLine) => void;
  readonly onClosed: (line: SarvamLine) => void;
}

/** Rejects with ProviderError where the vendor refuses it, in its handshake or right behind. */
export async function openSarvamLine(options: SarvamLineOptions): Promise<SarvamLine> {
  const { url, apiKey, clock, signal } = options;
  let sound: ReturnType<typeof createAsyncQueue<Uint8Array>> | null = null;
  let cancelPing = () => {};
  /** Null until it is open: the vendor's first words may come sooner than that is known here. */
  let socket: VendorSocket | null = null;
  let refusal: { readonly error: unknown } | null = null;

  const line: SarvamLine = {
    get isOpen() {
      return socket?.isOpen === true;
    },
    say({ config, messages }) {
      const saying = createAsyncQueue<Uint8Array>(MOST_PIECES);
      sound = saying;
      if (!line.isOpen) saying.fail(sarvamFault('unavailable', 'the line is closed', true));
      for (const frame of [config, ...messages, JSON.stringify({ type: 'flush' })]) socket?.send(frame);
      return saying;
    },
    close: () => socket?.close(),
  };
  const lose = (error: unknown) => {
    sound?.fail(error);
    if (socket === null) refusal ??= { error };
    else socket.close();
  };
  const hear = (text: string) => {
    const message = readSarvam(text, serverMessageSchema);
    switch (message?.type) {
      case 'audio':
        sound?.push(Buffer.from(message.data.audio, 'base64'));
        return;
      case 'event': {
        if (message.data.event_type !== 'final' || sound === null) return;
        sound.end();
        sound = null;
        return options.onSaid(line);
      }
      case 'error':
        return lose(sarvamError(message.data, [apiKey]));
      case undefined:
        return;
    }
  };
  const opened = await openVendorSocket({
    provider: SARVAM.name,
    url,
    headers: sarvamHeaders(apiKey),
    secrets: [apiKey],
    signal,
    clock,
    onText(text) {
      try {
        hear(text);
      } catch (error) {
        lose(error);
      }
    },
    onClosed(end) {
      cancelPing();
      if (end.by === 'us')
        sound?.fail(signal.aborted ? signal.reason : sarvamFault('unavailable', 'the line was closed', true));
      else sound?.fail(end.by === 'failure' ? end.error : sarvamClose(end.code, end.reason).error);
      options.onClosed(line);
    },
  });
  socket = opened;
  const ping = () => {
    cancelPing = clock.at(clock.nowMs() + PING_MS, () => {
      opened.send(JSON.stringify({ type: 'ping' }));
      if (opened.isOpen) ping();
    });
  };
  ping();
  if (refusal !== null) {
    opened.close();
    throw (refusal as { readonly error: unknown }).error;
  }
  return line;
}
