import { apiErrorSchema, tokenAnswerSchema } from '@parley/contracts/http-api';

/** What a request for a room and its token came to. */
export type TokenOutcome =
  | { readonly kind: 'granted'; readonly serverUrl: string; readonly token: string }
  | { readonly kind: 'accessKeyAsked' }
  | { readonly kind: 'tooManyCalls'; readonly retryAfterS: number | null }
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'unreachable' };

/** The part of a token answer that the page needs. */
const grantSchema = tokenAnswerSchema.pick({ server_url: true, participant_token: true });

/**
 * Asks the web server for a room with its agent on the way, in LiveKit's TokenSource form. Called at the click, as the
 * agent waits only 15 s for its caller. Rejects with `signal.reason` when aborted, and with nothing else.
 */
export async function requestToken({
  fetch,
  signal,
}: {
  readonly fetch: typeof globalThis.fetch;
  readonly signal: AbortSignal;
}): Promise<TokenOutcome> {
  let response: Response;
  let body: unknown;
  try {
    response = await fetch('/api/token', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
      signal,
    });
    body = await response.json().catch(() => null);
  } catch {
    // Whatever fetch throws of its own accord means that no answer came.
    signal.throwIfAborted();
    return { kind: 'unreachable' };
  }
  signal.throwIfAborted();
  return readAnswer(response, body);
}

function readAnswer(response: Response, body: unknown): TokenOutcome {
  if (response.ok) {
    const grant = grantSchema.safeParse(body);
    if (grant.success) {
      return { kind: 'granted', serverUrl: grant.data.server_url, token: grant.data.participant_token };
    }
    return { kind: 'refused', message: 'The server’s answer was not a call token. Reload the page.' };
  }
  if (response.status === 401) return { kind: 'accessKeyAsked' };
  if (response.status === 429) return { kind: 'tooManyCalls', retryAfterS: retryAfterS(response) };
  const refusal = apiErrorSchema.safeParse(body);
  if (refusal.success) return { kind: 'refused', message: refusal.data.error.message };
  // A proxy answers so when the server behind it is away.
  if (response.status >= 502 && response.status <= 504) return { kind: 'unreachable' };
  return { kind: 'refused', message: `The server answered with status ${response.status}.` };
}

function retryAfterS(response: Response): number | null {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) && seconds > 0 ? Math.ceil(seconds) : null;
}
