import type { SimulatedVendor } from '../simulated-vendor.ts';
import { openSpeechSocket } from './speech-socket.ts';

/**
 * Cartesia's speech over websocket. It takes every key but `wrong`. Quirks of `tts`: `concurrencyLimited`,
 * `oddChunks`, `noTimestamps`, `emptyEndRefused`, `noSubmissionFlush`.
 */
export const simulatedCartesia: SimulatedVendor = {
  name: 'cartesia',
  // Source: internal/lib/tts/ws.js of the SDK; older clients send X-API-Key, browsers a query.
  isAuthorised({ headers, query }) {
    const bearer = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1];
    const key = bearer ?? headers['x-api-key'] ?? query.get('api_key') ?? query.get('access_token') ?? '';
    return key !== '' && key !== 'wrong';
  },
  // Source: docs.cartesia.ai, API errors: error_code, title, message, request_id.
  refuse(status) {
    const [error_code, title] = REFUSALS[status] ?? ['internal_error', 'Internal error'];
    const body = JSON.stringify({ error_code, title, message: `${title}.`, request_id: 'request-0' });
    return { status, body, ...(status === 429 ? { headers: { 'retry-after': '1' } } : {}) };
  },
  routes: [
    {
      kind: 'socket',
      stage: 'tts',
      path: /^\/tts\/websocket$/,
      open: (exchange) => openSpeechSocket(exchange),
    },
  ],
};

const REFUSALS: Readonly<Record<number, readonly [code: string, title: string]>> = {
  401: ['unauthorized', 'Invalid API key'],
  402: ['quota_exceeded', 'Out of credits'],
  404: ['not_found', 'Not found'],
  429: ['concurrency_limited', 'Too many concurrent requests'],
};
