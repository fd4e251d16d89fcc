/** What became of an access key that was handed in. */
export type AccessOutcome = 'accepted' | 'rejected' | 'tooOften' | 'unreachable';

/** Swaps the access key for the page's cookie. Never rejects. */
export async function submitAccessKey({
  fetch,
  key,
}: {
  readonly fetch: typeof globalThis.fetch;
  readonly key: string;
}): Promise<AccessOutcome> {
  try {
    const response = await fetch('/api/access', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ key }),
    });
    if (response.ok) return 'accepted';
    if (response.status === 429) return 'tooOften';
    return response.status >= 500 ? 'unreachable' : 'rejected';
  } catch {
    // Whatever fetch throws means that no answer came.
    return 'unreachable';
  }
}
