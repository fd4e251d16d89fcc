import { createHash } from 'node:crypto';
import type { SimulatedRequest } from '../simulated-vendor.ts';

/** The id of a stream: the same in the header of its handshake and in its messages. */
export function requestIdOf({ headers }: SimulatedRequest): string {
  const hex = createHash('sha1')
    .update(headers['sec-websocket-key'] ?? '')
    .digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    '-',
  );
}
