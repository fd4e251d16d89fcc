/**
 * Google wraps its errors in a list, which the openai SDK takes for an empty answer, and tells in words how long to wait:
 * the first of the list is taken out, and its wait put where HTTP has it.
 */
export function mendGoogleErrors(fetch: typeof globalThis.fetch): typeof globalThis.fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    if (response.ok) return response;
    const text = await response.text();
    const error = firstOf(text);
    const headers = new Headers([...response.headers]);
    headers.delete('content-length');
    headers.delete('content-encoding');
    const waitSeconds = retryDelaySeconds(error);
    if (waitSeconds !== null && !headers.has('retry-after')) headers.set('retry-after', waitSeconds);
    return new Response(error === null ? text : JSON.stringify(error), { status: response.status, headers });
  };
}

/** Null where the body is no list. */
function firstOf(text: string): unknown {
  try {
    const body: unknown = JSON.parse(text);
    return Array.isArray(body) ? (body[0] ?? null) : null;
  } catch {
    return null;
  }
}

/** `"retryDelay":"12s"` of its details. */
function retryDelaySeconds(error: unknown): string | null {
  return /"retryDelay":"(\d+(?:\.\d+)?)s"/.exec(JSON.stringify(error) ?? '')?.[1] ?? null;
}
