import type { SimulatedVendor } from '../simulated-vendor.ts';
import { openFlux } from './flux.ts';
import { openListen } from './listen.ts';
import { requestIdOf } from './request-id.ts';
import { openSpeak } from './speak.ts';

/**
 * Deepgram's recognition, v1 and Flux, and its voices over websocket. It takes every key but `wrong`. Quirks of `stt`:
 * `duplicateFinal`, `emptyFinal`, `noFinalize`, `mute`, `unknownMessage`, `otherShape`, `errorFrame`. Quirks of `tts`: `oddChunks`,
 * `noSound`, `neverCleared`.
 */
export const simulatedDeepgram: SimulatedVendor = {
  name: 'deepgram',
  // Source: auth/HeaderAuthProvider.js of the SDK; `Bearer` for temporary tokens.
  isAuthorised({ headers }) {
    const key = /^(?:Token|Bearer) (.+)$/i.exec(headers.authorization ?? '')?.[1] ?? '';
    return key !== '' && key !== 'wrong';
  },
  // Source: api/types/ErrorResponse*.d.ts of the SDK; the headers, the vendor's page on errors of streams.
  refuse(status) {
    const [err_code, err_msg] = REFUSALS[status] ?? ['INTERNAL_SERVER_ERROR', 'Internal server error.'];
    const request_id = 'refused-0000';
    return {
      status,
      headers: { 'dg-request-id': request_id, 'dg-error': err_msg },
      body: JSON.stringify({ err_code, err_msg, request_id }),
    };
  },
  routes: [
    { kind: 'socket', stage: 'stt', path: /^\/v1\/listen$/, upgradeHeaders, open: openListen },
    { kind: 'socket', stage: 'stt', path: /^\/v2\/listen$/, upgradeHeaders, open: openFlux },
    { kind: 'socket', stage: 'tts', path: /^\/v1\/speak$/, upgradeHeaders, open: openSpeak },
  ],
};

function upgradeHeaders(request: Parameters<typeof requestIdOf>[0]) {
  return { 'dg-request-id': requestIdOf(request) };
}

const REFUSALS: Readonly<Record<number, readonly [code: string, message: string]>> = {
  400: ['INVALID_QUERY_PARAMETER', 'Failed to deserialize query parameters.'],
  401: ['INVALID_AUTH', 'Invalid credentials.'],
  402: ['ASR_PAYMENT_REQUIRED', 'Project does not have enough credits for an ASR request.'],
  403: ['INSUFFICIENT_PERMISSIONS', 'Project does not have access to the requested model.'],
  429: ['TOO_MANY_REQUESTS', 'Too many requests. Please try again later.'],
};
