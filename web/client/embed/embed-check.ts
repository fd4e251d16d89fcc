import { fieldsOf, textOf } from '../room/json-fields.ts';

/** Whether a call can be embedded here; where not, what is wrong, in words for whoever made the page. */
export type EmbedCheck =
  | { readonly kind: 'allowed'; readonly title: string }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string };

/** Asks the server whether this page may embed a call. Rejects with `signal.reason` when aborted, and with nothing else. */
export async function checkEmbed({
  fetch,
  server,
  agent,
  signal,
}: {
  readonly fetch: typeof globalThis.fetch;
  /** The folder of the embed script. */
  readonly server: URL;
  /** Empty for the default one. */
  readonly agent: string;
  readonly signal: AbortSignal;
}): Promise<EmbedCheck> {
  const question = new URL('api/embed', server);
  if (agent) question.searchParams.set('agent', agent);
  try {
    const response = await fetch(question, { signal, credentials: 'omit' });
    const body = fieldsOf(await response.json());
    if (response.ok) return { kind: 'allowed', title: textOf(fieldsOf(body.agent).title) ?? '' };
    const { code, message } = fieldsOf(body.error);
    return {
      kind: 'refused',
      code: textOf(code) ?? 'internal',
      message: textOf(message) ?? `The server answered with status ${response.status}.`,
    };
  } catch {
    signal.throwIfAborted();
    return {
      kind: 'refused',
      code: 'unreachable',
      message: `The Parley server at ${server.origin} cannot be reached.`,
    };
  }
}
