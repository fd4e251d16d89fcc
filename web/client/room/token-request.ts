import type { TokenRequest } from '@parley/contracts/http-api';
import { fieldsOf, textOf } from './json-fields.ts';

/** What a request for a room and its token came to. */
export type TokenOutcome =
  | {
      readonly kind: 'granted';
      readonly serverUrl: string;
      readonly token: string;
      /** Opaque: brings the caller back into this call. Absent where the server lets nobody return. */
      readonly rejoin?: string;
    }
  | { readonly kind: 'accessKeyAsked' }
  | { readonly kind: 'tooManyCalls'; readonly retryAfterS: number | null }
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'unreachable' };

/** What a request to return to a call came to. */
export type RejoinOutcome = TokenOutcome | { readonly kind: 'callOver' };

/**
 * Asks the web server for a room with its agent on the way, in LiveKit's TokenSource form; `agentName` null asks for the
 * default agent. Called at the click, as the agent waits only 15 s for its caller. Rejects with `signal.reason` when
 * aborted, and with nothing else.
 */
export function requestToken({
  fetch,
  agentName,
  signal,
}: {
  readonly fetch: typeof globalThis.fetch;
  readonly agentName: string | null;
  readonly signal: AbortSignal;
}): Promise<TokenOutcome> {
  const wanted: TokenRequest =
    agentName === null ? {} : { room_config: { agents: [{ agent_name: agentName }] } };
  return ask({ fetch, path: '/api/token', body: wanted, signal, readAnswer });
}

/** Asks for a fresh token to return to a call with. Rejects with `signal.reason` when aborted, and with nothing else. */
export function requestRejoin({
  fetch,
  rejoin,
  signal,
}: {
  readonly fetch: typeof globalThis.fetch;
  readonly rejoin: string;
  readonly signal: AbortSignal;
}): Promise<RejoinOutcome> {
  return ask({
    fetch,
    path: '/api/token/rejoin',
    body: { rejoin },
    signal,
    readAnswer(response, body) {
      if (response.status === 410) return { kind: 'callOver' };
      // The media server may be back in time.
      return response.status === 503 ? { kind: 'unreachable' } : readAnswer(response, body);
    },
  });
}

async function ask<T>({
  fetch,
  path,
  body,
  signal,
  readAnswer,
}: {
  readonly fetch: typeof globalThis.fetch;
  readonly path: string;
  readonly body: unknown;
  readonly signal: AbortSignal;
  readonly readAnswer: (response: Response, body: unknown) => T;
}): Promise<T | { readonly kind: 'unreachable' }> {
  let response: Response;
  let answer: unknown;
  try {
    response = await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal,
    });
    answer = await response.json().catch(() => null);
  } catch {
    // Whatever fetch throws of its own accord means that no answer came.
    signal.throwIfAborted();
    return { kind: 'unreachable' };
  }
  signal.throwIfAborted();
  return readAnswer(response, answer);
}

function readAnswer(response: Response, body: unknown): TokenOutcome {
  if (response.ok) {
    const { server_url, participant_token, rejoin } = fieldsOf(body);
    const serverUrl = textOf(server_url);
    const token = textOf(participant_token);
    const secret = textOf(rejoin);
    if (serverUrl && token)
      return { kind: 'granted', serverUrl, token, ...(secret ? { rejoin: secret } : {}) };
    return { kind: 'refused', message: 'The server’s answer was not a call token. Reload the page.' };
  }
  if (response.status === 401) return { kind: 'accessKeyAsked' };
  if (response.status === 429) return { kind: 'tooManyCalls', retryAfterS: retryAfterS(response) };
  const message = textOf(fieldsOf(fieldsOf(body).error).message);
  if (message) return { kind: 'refused', message };
  // A proxy answers so when the server behind it is away.
  if (response.status >= 502 && response.status <= 504) return { kind: 'unreachable' };
  return { kind: 'refused', message: `The server answered with status ${response.status}.` };
}

function retryAfterS(response: Response): number | null {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) && seconds > 0 ? Math.ceil(seconds) : null;
}
