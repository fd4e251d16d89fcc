/** What a vendor said of a key. Neither the key nor what the vendor wrote is part of it: some vendors repeat keys. */
export type KeyVerdict =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'refused'; readonly status: number }
  /** It answered neither way: it is busy, at fault, or no such server. */
  | { readonly kind: 'unclear'; readonly status: number }
  | { readonly kind: 'unreachable'; readonly why: string };

/** A request that needs the key and costs nothing. */
interface KeyCheck {
  readonly path: string;
  readonly method?: 'GET' | 'POST';
  readonly headers: (key: string) => Readonly<Record<string, string>>;
  readonly body?: string;
  /** How a refusal looks where 401 and 403 are not all of it, or are not one. */
  readonly isRefused?: (status: number, body: string) => boolean;
}

const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
const isDenied = (status: number) => status === 401 || status === 403;

/** By the variable of the key. Source of paths, headers and refusals: the vendors' references. */
const CHECKS: Readonly<Record<string, KeyCheck>> = {
  OPENAI_API_KEY: { path: '/models', headers: bearer },
  GOOGLE_API_KEY: {
    path: '/models',
    headers: bearer,
    isRefused: (status, body) => isDenied(status) || (status === 400 && /API.?key/i.test(body)),
  },
  XAI_API_KEY: {
    path: '/models',
    headers: bearer,
    isRefused: (status, body) => isDenied(status) || (status === 400 && /API.?key/i.test(body)),
  },
  // A key that may only be used has no right to list projects: that is 403, and no refusal.
  DEEPGRAM_API_KEY: {
    path: '/v1/projects',
    headers: (key) => ({ authorization: `Token ${key}` }),
    isRefused: (status) => status === 401,
  },
  CARTESIA_API_KEY: {
    path: '/voices?limit=1',
    headers: (key) => ({ ...bearer(key), 'cartesia-version': '2026-03-01' }),
  },
  // A key with few rights is answered by 401 as well, under another name.
  ELEVENLABS_API_KEY: {
    path: '/v1/models',
    headers: (key) => ({ 'xi-api-key': key }),
    isRefused: (status, body) => isDenied(status) && !body.includes('missing_permissions'),
  },
  // It looks at the key before it looks at what is asked, which is nothing.
  SARVAM_API_KEY: {
    path: '/translate',
    method: 'POST',
    headers: (key) => ({ 'api-subscription-key': key, 'content-type': 'application/json' }),
    body: '{}',
  },
};

/** The longest that a vendor is waited for, in ms. */
const ANSWER_WITHIN_MS = 5_000;

/** Asks a vendor whether it knows a key. Null where there is no question that costs nothing. */
export async function checkKey(options: {
  readonly variable: string;
  readonly key: string;
  readonly baseUrl: string;
  readonly signal: AbortSignal;
}): Promise<KeyVerdict | null> {
  const check = CHECKS[options.variable];
  if (check === undefined) return null;
  const { path, method = 'GET', headers, body, isRefused = isDenied } = check;
  try {
    const answer = await fetch(`${options.baseUrl.replace(/\/+$/, '')}${path}`, {
      method,
      headers: headers(options.key),
      ...(body === undefined ? {} : { body }),
      redirect: 'manual',
      signal: AbortSignal.any([options.signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]),
    });
    const text = await answer.text();
    const { status } = answer;
    if (isRefused(status, text)) return { kind: 'refused', status };
    // Any fault of the question itself was found after the key was let in.
    const isLetIn = answer.ok || [400, 401, 402, 403, 422].includes(status);
    return isLetIn ? { kind: 'accepted' } : { kind: 'unclear', status };
  } catch (error) {
    return { kind: 'unreachable', why: reasonOf(error) };
  }
}

/** A key with a line break in it is refused by the client, which names it: that text is never passed on. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'the request failed';
  if (error.name === 'TimeoutError') return `no answer within ${ANSWER_WITHIN_MS / 1_000} s`;
  const { code } = (error.cause ?? {}) as { readonly code?: unknown };
  return typeof code === 'string' ? code : 'the request could not be made';
}
