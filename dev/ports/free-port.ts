import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

/** A port's transport. */
export type Transport = 'tcp' | 'udp';

/** Whether a port can be taken on an address right now. */
export function isPortFree(port: number, transport: Transport, host: string): Promise<boolean> {
  return take(port, transport, host).then(
    () => true,
    () => false,
  );
}

/**
 * Where free ports are looked for: below the range that systems take outgoing connections' ports from (Linux: 32768 on),
 * since one of those could take the port between the look and its use; and above the product's own.
 */
const FREE_PORTS = { first: 20_001, count: 12_000 };

/** A port that is free on loopback for both transports right now, at random, so that several askers get several. */
export async function findFreePort(): Promise<number> {
  for (;;) {
    const port = FREE_PORTS.first + Math.floor(Math.random() * FREE_PORTS.count);
    const isFree = await Promise.all([
      isPortFree(port, 'tcp', '127.0.0.1'),
      isPortFree(port, 'udp', '127.0.0.1'),
    ]);
    if (isFree.every(Boolean)) return port;
  }
}

/** Takes a port and lets it go at once. */
function take(port: number, transport: Transport, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    if (transport === 'tcp') {
      const server = createServer();
      server.once('error', reject);
      server.listen({ port, host, exclusive: true }, () => {
        server.close(() => resolve());
      });
    } else {
      const socket = createSocket({ type: host.includes(':') ? 'udp6' : 'udp4' });
      socket.once('error', reject);
      socket.bind({ port, address: host, exclusive: true }, () => {
        socket.close(() => resolve());
      });
    }
  });
}
