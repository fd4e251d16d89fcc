import { once } from 'node:events';
import { expect } from 'vitest';
import { WebSocket } from 'ws';

export type Json = Readonly<Record<string, unknown>>;

/** A client without an SDK, and all the JSON that it receives. */
export interface BareSocket {
  readonly received: readonly Json[];
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  say(message: Json): void;
  /** Resolves once something that fits has been received; fails with what came instead after 5 s. */
  until(fits: (message: Json) => boolean): Promise<void>;
  close(): void;
}

export async function dialBare(url: string, headers: Readonly<Record<string, string>>): Promise<BareSocket> {
  const socket = new WebSocket(url.replace(/^http/, 'ws'), { headers: { ...headers } });
  const received: Json[] = [];
  socket.on('message', (data) => received.push(JSON.parse(String(data)) as Json));
  const closed = once(socket, 'close').then(([code, reason]) => ({
    code: Number(code),
    reason: String(reason),
  }));
  await once(socket, 'open');
  return {
    received,
    closed,
    say: (message) => socket.send(JSON.stringify(message)),
    async until(fits) {
      await expect
        .poll(() => received.some(fits) || JSON.stringify(received.slice(-3)).slice(0, 500), {
          timeout: 5_000,
          interval: 5,
        })
        .toBe(true);
    },
    close: () => socket.close(),
  };
}
