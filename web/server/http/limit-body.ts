import type { MiddlewareHandler } from 'hono';
import { ApiError } from './api-error.ts';

/** Refuses a larger body before it is read whole. */
export function limitBody(maxBytes: number): MiddlewareHandler {
  const check = (bytes: number) => {
    if (bytes > maxBytes)
      throw new ApiError('body_too_large', `The body is too large: ${maxBytes / 1024} KiB is the limit.`);
  };
  return async (c, next) => {
    const { url, method } = c.req;
    const { headers, body } = c.req.raw;
    const length = headers.get('content-length');
    if (length !== null && !headers.has('transfer-encoding')) check(Number(length));
    else if (body !== null) {
      // Made of its parts, since a request of this server is no other's: `new Request(c.req.raw)` throws.
      c.req.raw = new Request(url, { method, headers, body: await readWithin(body, check) });
    }
    return next();
  };
}

async function readWithin(
  body: ReadableStream<Uint8Array>,
  check: (bytes: number) => void,
): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of body) {
    bytes += piece.length;
    check(bytes);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
