import type { Context, MiddlewareHandler } from 'hono';
import { secureHeaders } from 'hono/secure-headers';

/**
 * The page may run its own code and WebAssembly, talk to its own server and use the microphone; nothing of another
 * origin gets in, and no text becomes code or markup: where a script would make either from a string, the browser throws.
 * Not every browser takes `'self'` for WebSockets too, so that their address is named.
 */
export function securityHeaders({
  isHttpsOnly,
  serverUrl,
  framedBy = [],
  isShared = false,
}: {
  /** The operator's address of the server is an https one. */
  readonly isHttpsOnly: boolean;
  /** Where the page of a request finds the server, as `ws:` or `wss:`; null where it is none of ours. */
  readonly serverUrl: (c: Context) => string | null;
  /** Whose pages may show this one in a frame, as a policy names them. Default nobody's. */
  readonly framedBy?: readonly string[];
  /** Pages of every origin may load it, as they do with a script. Default false. */
  readonly isShared?: boolean;
}): MiddlewareHandler {
  return secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'self'"],
      scriptSrc: ["'self'", "'wasm-unsafe-eval'"],
      workerSrc: ["'self'"],
      connectSrc: ["'self'", (c) => webSocketOrigin(serverUrl(c))],
      objectSrc: ["'none'"],
      baseUri: ["'none'"],
      formAction: ["'self'"],
      frameAncestors: framedBy.length === 0 ? ["'none'"] : [...framedBy],
      requireTrustedTypesFor: ["'script'"],
      trustedTypes: ["'none'"],
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
    // Older than frame-ancestors, and knows no list of origins.
    xFrameOptions: framedBy.length === 0 ? 'DENY' : false,
    crossOriginResourcePolicy: isShared ? 'cross-origin' : 'same-origin',
    // Told to browsers only where the operator names a certified address: a self-made certificate must stay optional.
    strictTransportSecurity: isHttpsOnly ? 'max-age=15552000' : false,
  });
}

function webSocketOrigin(serverUrl: string | null): string {
  return serverUrl === null ? '' : new URL(serverUrl).origin;
}
