import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EXPOSITION_TYPE } from '../metrics/worker-metrics.ts';

/** What the health port answers. */
export interface HealthView {
  /** `/` answers 200 or 503. */
  isHealthy(): boolean;
  /** `/worker`, as JSON. */
  worker(): unknown;
  /** `/metrics`, as Prometheus reads it. */
  metrics(): Promise<string>;
}

export interface HealthServer {
  readonly port: number;
  close(): Promise<void>;
}

/** The port that was asked for is taken. */
export class PortTaken extends Error {
  override readonly name = 'PortTaken';
  readonly code = 'port_taken';
}

/** Listens on loopback; port 0 is any free one. Rejects with `PortTaken`. */
export async function startHealthServer(port: number, view: HealthView): Promise<HealthServer> {
  const server = createServer(async (request, response) => {
    const answer = (status: number, type: string, body: string) =>
      response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    if (request.method !== 'GET' && request.method !== 'HEAD') return answer(405, 'text/plain', 'only GET\n');
    if (pathname === '/worker') return answer(200, 'application/json', JSON.stringify(view.worker()));
    if (pathname === '/metrics') return answer(200, EXPOSITION_TYPE, await view.metrics());
    if (pathname !== '/') return answer(404, 'text/plain', 'there are /, /worker and /metrics\n');
    return view.isHealthy() ? answer(200, 'text/plain', 'ok\n') : answer(503, 'text/plain', 'not ready\n');
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const isTaken = error.code === 'EADDRINUSE' || error.code === 'EACCES';
      reject(isTaken ? new PortTaken(`port ${port} on 127.0.0.1 is taken`, { cause: error }) : error);
    });
    server.listen(port, '127.0.0.1', resolve);
  });
  // A health port never keeps a process alive.
  server.unref();
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
