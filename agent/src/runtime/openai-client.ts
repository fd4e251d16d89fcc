import OpenAI, { APIError } from 'openai';
import { openaiFault } from './openai-fault.ts';

/** Longest that one request may take, in ms. Deadlines of the stages are far shorter; this ends what they forget. */
const LONGEST_REQUEST_MS = 60_000;

/** What an OpenAI-compatible server answers that does not list its models. */
const NOT_OFFERED = new Set([404, 405, 501]);

/** A key that may speak to models and not list them: OpenAI's restricted ones. It is known by then, and the line is open. */
const MAY_NOT_LIST = /missing scopes: .*model\.read/i;

/** A client that retries nothing and takes nothing from the environment. */
export function createOpenaiClient(given: {
  readonly apiKey: string;
  readonly baseUrl: string;
  /** Default: Node's own, whose connections are kept for 4 s. */
  readonly fetch?: typeof globalThis.fetch;
}): OpenAI {
  return new OpenAI({
    // The SDK wants one even where the server needs none.
    apiKey: given.apiKey === '' ? 'none' : given.apiKey,
    baseURL: given.baseUrl,
    organization: null,
    project: null,
    webhookSecret: null,
    maxRetries: 0,
    timeout: LONGEST_REQUEST_MS,
    logLevel: 'off',
    ...(given.fetch === undefined ? {} : { fetch: given.fetch }),
  });
}

/** Opens the connection and asks whether the key is let in; costs nothing. Throws ProviderError where it is not. */
export async function warmOpenai(
  client: OpenAI,
  asked: { readonly provider: string; readonly secrets: readonly string[]; readonly signal: AbortSignal },
): Promise<void> {
  try {
    await client.models.list({ signal: asked.signal });
  } catch (error) {
    if (asked.signal.aborted) return;
    if (error instanceof APIError && (NOT_OFFERED.has(error.status ?? 0) || MAY_NOT_LIST.test(error.message)))
      return;
    throw openaiFault(error, asked);
  }
}
