// biome-ignore lint/style/noRestrictedImports: the pages of the record are loaded when they are asked for, never first.
import { z } from 'zod';

/** Why a request to the calls API came to nothing. */
export type ApiFault =
  /** The server asks for a login or its access key. */
  | { readonly kind: 'locked' }
  /** There is no such call, or it is not one for this person. */
  | { readonly kind: 'missing' }
  /** In the server's own words. */
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'unreachable' }
  /** The answer is of another build than this page. */
  | { readonly kind: 'unreadable' };

export type ApiOutcome<Value> = { readonly kind: 'ok'; readonly value: Value } | ApiFault;

/** For a request whose answer has no body. */
export const noAnswer = z.unknown();

/** What the answers of `/api/*` say where they are no success. */
const errorBodySchema = z.object({ error: z.object({ message: z.string() }) });

/** Asks the API for JSON. Rejects only where `signal` is aborted. */
export async function requestJson<Value>({
  fetch,
  path,
  schema,
  method = 'GET',
  body,
  signal,
}: {
  readonly fetch: typeof globalThis.fetch;
  readonly path: string;
  readonly schema: z.ZodType<Value>;
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}): Promise<ApiOutcome<Value>> {
  try {
    const response = await fetch(path, {
      method,
      ...(signal && { signal }),
      ...(body !== undefined && {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    });
    const json: unknown = await response.json().catch(() => null);
    if (!response.ok) return faultOf(response.status, json);
    const parsed = schema.safeParse(json);
    return parsed.success ? { kind: 'ok', value: parsed.data } : { kind: 'unreadable' };
  } catch {
    signal?.throwIfAborted();
    // Whatever else fetch throws means that no answer came.
    return { kind: 'unreachable' };
  }
}

function faultOf(status: number, json: unknown): ApiFault {
  if (status === 401) return { kind: 'locked' };
  if (status === 404 || status === 410) return { kind: 'missing' };
  const parsed = errorBodySchema.safeParse(json);
  if (parsed.success) return { kind: 'refused', message: parsed.data.error.message };
  return status >= 500 ? { kind: 'unreachable' } : { kind: 'unreadable' };
}
