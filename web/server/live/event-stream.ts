import type { Clock } from '../runtime/clock.ts';

/** Server-sent events to one client, as fast as it reads and no faster. */
export interface EventStream {
  readonly body: ReadableStream<Uint8Array>;
  /** Where the client is so slow that more than `MAX_WAITING_BYTES` wait for it, the stream is ended: it comes again. */
  send(event: { readonly id: string; readonly name: string; readonly data: unknown }): void;
  /** Ends it; nothing where it is over. */
  end(): void;
}

/** How often something is sent where nothing happens, in ms: proxies cut a connection that is silent for a minute. */
export const HEARTBEAT_MS = 15_000;
/** What may wait for a slow client, in bytes. */
export const MAX_WAITING_BYTES = 1024 * 1024;
/** When the client comes again after its connection was lost, in ms. */
const RETRY_MS = 2_000;

/** Opens a stream. */
export function openEventStream({
  clock,
  mayGoOn,
  onOver,
}: {
  readonly clock: Clock;
  /** Asked at each heartbeat; the stream ends where it is answered with no. Never rejects. */
  readonly mayGoOn: () => Promise<boolean>;
  /** Called once, when it ends or its client is gone. */
  readonly onOver: () => void;
}): EventStream {
  const encoder = new TextEncoder();
  let controller: ReadableStreamDefaultController<Uint8Array> | null = null;
  let cancelHeartbeat = () => {};

  const over = () => {
    if (controller === null) return;
    controller = null;
    cancelHeartbeat();
    onOver();
  };
  const end = () => {
    controller?.close();
    over();
  };
  const write = (text: string) => {
    if (controller === null) return;
    controller.enqueue(encoder.encode(text));
    if ((controller.desiredSize ?? 0) < 0) end();
  };
  const beat = () => {
    cancelHeartbeat = clock.at(clock.nowMs() + HEARTBEAT_MS, () => {
      void mayGoOn().then((goesOn) => {
        if (!goesOn) return end();
        write(': still here\n\n');
        if (controller !== null) beat();
      });
    });
  };

  const body = new ReadableStream<Uint8Array>(
    {
      start(opened) {
        controller = opened;
        write(`retry: ${RETRY_MS}\n\n`);
        beat();
      },
      cancel: over,
    },
    { highWaterMark: MAX_WAITING_BYTES, size: (chunk) => chunk?.byteLength ?? 0 },
  );
  return {
    body,
    // JSON holds no line break, so that one line of data is enough.
    send: ({ id, name, data }) => write(`id: ${id}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`),
    end,
  };
}
