import type { WebsocketResponse } from '@cartesia/cartesia-js/resources/tts.js';
import { ProviderError } from '../../runtime/provider-error.ts';
import { refusalError } from '../../runtime/vendor-socket-refusal.ts';

/** As agent files name it. */
export const CARTESIA = 'cartesia';

/** What the vendor says of a context, with the status that an HTTP answer would have. */
export function contextError(event: WebsocketResponse.Error): ProviderError {
  const body = [event.error_code, event.title, event.message].filter(Boolean).join(': ');
  return refusalError(CARTESIA, { status: event.status_code ?? 500, headers: {}, body });
}

/** What a closed socket means for a reply that it carried. 1000 unasked is the vendor's limit on silence, 5 minutes. */
export function closeError(code: number, reason: string): ProviderError {
  const detail = `cartesia closed the socket: ${code}${reason === '' ? '' : ` ${reason}`}`;
  return new ProviderError(code === 1000 ? 'timeout' : 'unavailable', detail, {
    provider: CARTESIA,
    retryable: true,
  });
}

export function cartesiaError(
  code: 'timeout' | 'unavailable' | 'protocol' | 'bad_request',
  message: string,
  cause?: unknown,
): ProviderError {
  return new ProviderError(code, `cartesia: ${message}`, {
    provider: CARTESIA,
    retryable: code !== 'bad_request',
    cause,
  });
}
