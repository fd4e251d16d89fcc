import type { Refusal, SimulatedVendor } from '../simulated-vendor.ts';
import { openRecogniser } from './recogniser.ts';
import { openVoice } from './voice.ts';

/** Source: the vendor's page of errors; sarvamai 1.1.10 api/types/ErrorDetails. */
const ERROR_CODES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  403: 'invalid_api_key_error',
  422: 'unprocessable_entity_error',
  429: 'rate_limit_exceeded_error',
  500: 'internal_server_error',
  503: 'rate_limit_exceeded_error',
};

/** Sarvam's streaming ears and voices. It takes every key but `wrong`, and refuses that by 403. */
export const simulatedSarvam: SimulatedVendor = {
  name: 'sarvam',
  isAuthorised({ headers }) {
    // Browsers send it as a subprotocol, which the server answers with. Source: sarvamai 1.1.10 core/websocket.
    const offered = /api-subscription-key\.([^,\s]+)/.exec(
      String(headers['sec-websocket-protocol'] ?? ''),
    )?.[1];
    const key = String(headers['api-subscription-key'] ?? offered ?? '');
    return key !== '' && key !== 'wrong';
  },
  refuse(asked): Refusal {
    const status = asked === 401 ? 403 : asked;
    const code = ERROR_CODES[status] ?? 'internal_server_error';
    return {
      status,
      body: JSON.stringify({ error: { message: `Refused with ${status}.`, code, request_id: 'R' } }),
    };
  },
  routes: [
    { kind: 'socket', stage: 'stt', path: /^\/speech-to-text\/ws$/, open: openRecogniser },
    { kind: 'socket', stage: 'tts', path: /^\/text-to-speech\/ws$/, open: openVoice },
  ],
};
