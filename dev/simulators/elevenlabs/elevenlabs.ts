import type { SimulatedVendor } from '../simulated-vendor.ts';
import { openScribeSocket } from './scribe-socket.ts';
import { openVoiceSocket } from './voice-socket.ts';

/**
 * ElevenLabs' voice over multi-context websockets, and its realtime recognition. It takes every key but `wrong`. Quirks
 * of `tts`: `oldSpelling`, `noAlignment`, `oddChunks`; of `stt`: `timesFromCommit`, `noTimestamps`, `emptyFinal`,
 * `unknownMessage`, `quotaAfterStart`.
 */
export const simulatedElevenlabs: SimulatedVendor = {
  name: 'elevenlabs',
  isAuthorised({ headers, query }) {
    const key = headers['xi-api-key'] ?? query.get('token') ?? query.get('single_use_token') ?? '';
    return key !== '' && key !== 'wrong';
  },
  // Source: the vendor's page on error messages.
  refuse(status) {
    const [code, message] = REFUSALS[status] ?? ['internal_server_error', 'Something went wrong.'];
    const body = JSON.stringify({ detail: { status: code, message } });
    return {
      status: status === 402 ? 401 : status,
      body,
      ...(status === 429 ? { headers: { 'retry-after': '1' } } : {}),
    };
  },
  routes: [
    {
      kind: 'socket',
      stage: 'tts',
      path: /^\/v1\/text-to-speech\/(?<voice>[^/]+)\/multi-stream-input$/,
      open: (exchange) => openVoiceSocket(exchange),
    },
    {
      kind: 'socket',
      stage: 'stt',
      path: /^\/v1\/speech-to-text\/realtime$/,
      open: (exchange) => openScribeSocket(exchange),
    },
  ],
};

const REFUSALS: Readonly<Record<number, readonly [code: string, message: string]>> = {
  401: ['invalid_api_key', 'Invalid API key'],
  // The vendor says so with 401.
  402: ['quota_exceeded', 'This request exceeds your quota.'],
  403: ['only_for_creator+', 'This model is not part of your plan.'],
  404: ['voice_not_found', 'A voice with this id was not found.'],
  429: ['too_many_concurrent_requests', 'Too many concurrent requests.'],
};
