import { createServer } from 'node:http';

/** A page of another site than Parley's. */
export interface HostPage {
  /** `http://localhost:N`: another site than `127.0.0.1` to a browser. */
  readonly origin: string;
  /** What the page holds from its next load on, as HTML. */
  show(body: string): void;
  close(): Promise<void>;
}

/** Serves one page on a free port. `policy` is its Content-Security-Policy. */
export async function startHostPage({ policy }: { readonly policy?: string } = {}): Promise<HostPage> {
  let body = '';
  const server = createServer((_request, response) => {
    response.writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      ...(policy === undefined ? {} : { 'content-security-policy': policy }),
    });
    response.end(`<!doctype html><html lang="en"><title>A shop</title><body><h1>A shop</h1>${body}`);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, 'localhost', resolve);
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the host page has no port');
  return {
    origin: `http://localhost:${address.port}`,
    show(html) {
      body = html;
    },
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
