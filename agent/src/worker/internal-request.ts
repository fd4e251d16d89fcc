import type { Clock } from '../runtime/clock.ts';

/** The web server did not answer as it should. */
export class InternalApiError extends Error {
  override readonly name = 'InternalApiError';
  /** `faulty`: the server says that the request itself is; the same would be refused again. */
  readonly code: 'unreachable' | 'timeout' | 'refused' | 'faulty' | 'protocol';
  constructor(code: InternalApiError['code'], message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

interface RequestParts {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Null with GET. */
  readonly body: string | ReadableStream | null;
  /** How long the whole answer may take. */
  readonly deadlineMs: number;
  /** Statuses other than 2xx that are answers all the same. */
  readonly expected?: readonly number[];
}

/** Asks web/server something under `/internal/*`. Rejects with `InternalApiError`, or with the signal's reason. */
export type InternalRequest = (
  parts: RequestParts,
  signal: AbortSignal,
) => Promise<{ readonly status: number; readonly text: string }>;

/** What a server says of a request that it understood and will never take. */
const FAULTY_STATUSES = [400, 413, 422];

export function createInternalRequest(deps: {
  readonly serverUrl: string;
  readonly mintToken: () => Promise<string>;
  readonly fetch: typeof fetch;
  readonly clock: Clock;
}): InternalRequest {
  return async ({ method, path, headers, body, deadlineMs, expected = [] }, signal) => {
    // Not AbortSignal.any: each leaves something behind at its sources, and a process's signal lives for weeks.
    const attempt = new AbortController();
    const follow = () => attempt.abort(signal.reason);
    signal.addEventListener('abort', follow, { once: true });
    const cancel = deps.clock.at(deps.clock.nowMs() + deadlineMs, () =>
      attempt.abort(new InternalApiError('timeout', `${path} gave no answer in ${deadlineMs} ms`)),
    );
    try {
      signal.throwIfAborted();
      const response = await deps.fetch(`${deps.serverUrl}${path}`, {
        method,
        headers: { ...headers, authorization: `Bearer ${await deps.mintToken()}` },
        body,
        ...(body instanceof ReadableStream && { duplex: 'half' }),
        redirect: 'error',
        signal: attempt.signal,
      });
      const text = await response.text();
      if (response.ok || expected.includes(response.status)) return { status: response.status, text };
      throw new InternalApiError(
        FAULTY_STATUSES.includes(response.status) ? 'faulty' : 'refused',
        `${path} answered ${response.status} ${text.slice(0, 200)}`,
      );
    } catch (cause) {
      if (signal.aborted) throw signal.reason;
      if (attempt.signal.aborted) throw attempt.signal.reason;
      if (cause instanceof InternalApiError) throw cause;
      throw new InternalApiError('unreachable', `${path} cannot be reached at ${deps.serverUrl}`, cause);
    } finally {
      cancel();
      signal.removeEventListener('abort', follow);
    }
  };
}

/** Reads an answer; an empty one is null. Throws `InternalApiError`. */
export function parseJson(text: string, path: string): unknown {
  if (text === '') return null;
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new InternalApiError('protocol', `${path} answered with what is not JSON`, cause);
  }
}
