import type { Context, MiddlewareHandler } from 'hono';
import { secureHeaders } from 'hono/secure-headers';

/**
 * The page may run its own code and WebAssembly, talk to its own server and use the microphone; nothing of another
 * origin gets in. Not every browser takes `'self'` for WebSockets too, so that their address is named.
 */
export function securityHeaders({
  isHttpsOnly,
  serverUrl,
}: {
  /** The operator's address of the server is an https one. */
  readonly isHttpsOnly: boolean;
  /** Where the page of a request finds the server, as `ws:` or `wss:`; null where it is none of ours. */
  readonly serverUrl: (c: Context) => string | null;
}): MiddlewareHandler {
  return secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'self'"],
      scriptSrc: ["'self'", "'wasm-unsafe-eval'"],
      workerSrc: ["'self'", 'blob:'],
      connectSrc: ["'self'", (c) => webSocketOrigin(serverUrl(c))],
      mediaSrc: ["'self'", 'blob:'],
      objectSrc: ["'none'"],
      baseUri: ["'none'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
    },
    permissionsPolicy: {
      microphone: ['self'],
      camera: [],
      geolocation: [],
      displayCapture: [],
      payment: [],
      usb: [],
    },
    referrerPolicy: 'no-referrer',
    xFrameOptions: 'DENY',
    // Told to browsers only where the operator names a certified address: a self-made certificate must stay optional.
    strictTransportSecurity: isHttpsOnly ? 'max-age=15552000' : false,
  });
}

function webSocketOrigin(serverUrl: string | null): string {
  return serverUrl === null ? '' : new URL(serverUrl).origin;
}
