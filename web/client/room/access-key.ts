/** What became of a secret that was handed in. */
export type AccessOutcome = 'accepted' | 'rejected' | 'tooOften' | 'unreachable';

/** Swaps what opens the server, its access key or the password of its login, for the page's cookie. Never rejects. */
export async function submitSecret({
  fetch,
  secret,
}: {
  readonly fetch: typeof globalThis.fetch;
  readonly secret: string;
}): Promise<AccessOutcome> {
  const asKey = await submit(fetch, '/api/access', { key: secret });
  return asKey === 'rejected' ? submit(fetch, '/api/login', { password: secret }) : asKey;
}

async function submit(
  fetch: typeof globalThis.fetch,
  path: string,
  fields: Readonly<Record<string, string>>,
): Promise<AccessOutcome> {
  try {
    const response = await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(fields),
    });
    if (response.ok) return 'accepted';
    if (response.status === 429) return 'tooOften';
    return response.status >= 500 ? 'unreachable' : 'rejected';
  } catch {
    // Whatever fetch throws means that no answer came.
    return 'unreachable';
  }
}
