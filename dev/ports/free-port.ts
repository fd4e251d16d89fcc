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

/** A port of the system's choice that is free on loopback for both transports right now. */
export async function findFreePort(): Promise<number> {
  for (;;) {
    const port = await take(0, 'tcp', '127.0.0.1');
    if (await isPortFree(port, 'udp', '127.0.0.1')) return port;
  }
}

/** Takes a port and lets it go at once; resolves with its number. */
function take(port: number, transport: Transport, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    if (transport === 'tcp') {
      const server = createServer();
      server.once('error', reject);
      server.listen({ port, host, exclusive: true }, () => {
        const address = server.address();
        server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : port));
      });
    } else {
      const socket = createSocket({ type: host.includes(':') ? 'udp6' : 'udp4' });
      socket.once('error', reject);
      socket.bind({ port, address: host, exclusive: true }, () => {
        const bound = socket.address().port;
        socket.close(() => resolve(bound));
      });
    }
  });
}
