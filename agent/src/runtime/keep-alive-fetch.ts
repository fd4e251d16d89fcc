import { Agent, fetch as undiciFetch } from 'undici';

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

/** No body of `FormData`: it would have to be that of undici. */
export function createKeepAliveFetch(): KeepAliveFetch {
  const dispatcher = new Agent({ keepAliveTimeout: KEPT_MS });
  const keptFetch = (input: unknown, init?: unknown) =>
    undiciFetch(input as Parameters<typeof undiciFetch>[0], { ...(init as object), dispatcher });
  return {
    fetch: keptFetch as unknown as typeof globalThis.fetch,
    close: () => dispatcher.destroy(),
  };
}
