/** What became of a secret that was handed in. */
export type AccessOutcome = 'accepted' | 'rejected' | 'tooOften' | 'unreachable';

/** Swaps the access key for the page's cookie. Never rejects. */
export function submitAccessKey({
  fetch,
  key,
}: {
  readonly fetch: typeof globalThis.fetch;
  readonly key: string;
}): Promise<AccessOutcome> {
  return submit(fetch, '/api/access', { key });
}

/** Swaps the password of the login for the page's cookie. Never rejects. */
export function submitPassword({
  fetch,
  password,
}: {
  readonly fetch: typeof globalThis.fetch;
  readonly password: string;
}): Promise<AccessOutcome> {
  return submit(fetch, '/api/login', { password });
}

async function submit(
  fetch: typeof globalThis.fetch,
  path: string,
  secret: Readonly<Record<string, string>>,
): Promise<AccessOutcome> {
  try {
    const response = await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(secret),
    });
    if (response.ok) return 'accepted';
    if (response.status === 429) return 'tooOften';
    return response.status >= 500 ? 'unreachable' : 'rejected';
  } catch {
    // Whatever fetch throws means that no answer came.
    return 'unreachable';
  }
}
