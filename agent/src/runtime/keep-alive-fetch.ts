/** A fetch with connections of its own. */
export interface KeepAliveFetch {
  readonly fetch: typeof globalThis.fetch;
  /** Ends its connections, and what runs over them. Safe to call twice. */
  close(): Promise<void>;
}

/**
 * How long a connection without a request is kept, in ms: past the pauses of a conversation, where Node's own fetch keeps
 * 4 s, so that most answers would wait for a handshake. Source: web servers close at 65 to 75 s.
 */
const KEPT_MS = 60_000;

/** No body of `FormData`: it would have to be that of undici, which is loaded with the first request. */
export function createKeepAliveFetch(): KeepAliveFetch {
  let opening: Promise<KeepAliveFetch> | null = null;
  let isClosed = false;
  return {
    async fetch(input, init) {
      if (isClosed) throw new Error('the connections are closed');
      opening ??= openFetch();
      const { fetch } = await opening;
      return fetch(input, init);
    },
    async close() {
      isClosed = true;
      await (await opening)?.close();
    },
  };
}

async function openFetch(): Promise<KeepAliveFetch> {
  const { Agent, fetch } = await import('undici');
  const dispatcher = new Agent({ keepAliveTimeout: KEPT_MS });
  const keptFetch = (input: unknown, init?: unknown) =>
    fetch(input as Parameters<typeof fetch>[0], { ...(init as object), dispatcher });
  return {
    fetch: keptFetch as unknown as typeof globalThis.fetch,
    close: () => dispatcher.destroy(),
  };
}
