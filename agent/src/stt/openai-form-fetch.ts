/**
 * A fetch whose forms are written out before they are sent: one with connections of its own knows no `FormData` but its
 * own library's. Its `Response` is how the openai SDK finds out that it takes forms.
 */
export function formFetch(fetch: typeof globalThis.fetch): typeof globalThis.fetch {
  const writing: typeof globalThis.fetch = async (input, init) => {
    if (!(init?.body instanceof FormData)) return fetch(input, init);
    const form = new Response(init.body);
    const headers = new Headers(init.headers);
    headers.set('content-type', form.headers.get('content-type') ?? 'multipart/form-data');
    return fetch(input, { ...init, headers, body: new Uint8Array(await form.arrayBuffer()) });
  };
  return Object.assign(writing, { Response });
}
