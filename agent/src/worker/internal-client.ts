import {
  type ClaimAnswer,
  type ClaimRequest,
  claimAnswerSchema,
  type WorkerReport,
} from '@parley/contracts/internal-api';
import type { Clock } from '../runtime/clock.ts';

/** The web server did not answer as it should. */
export class InternalApiError extends Error {
  override readonly name = 'InternalApiError';
  readonly code: 'unreachable' | 'timeout' | 'refused' | 'protocol';
  constructor(code: InternalApiError['code'], message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/** The part of web/server that workers speak to. Every call rejects with `InternalApiError` after 2 s at most. */
export interface InternalClient {
  claim(request: ClaimRequest, signal: AbortSignal): Promise<ClaimAnswer>;
  report(report: WorkerReport, signal: AbortSignal): Promise<void>;
}

/** Source: a claim stands between an assigned job and its agent's joining. */
const DEADLINE_MS = 2_000;

export function createInternalClient(deps: {
  readonly serverUrl: string;
  readonly mintToken: () => Promise<string>;
  readonly fetch: typeof fetch;
  readonly clock: Clock;
}): InternalClient {
  const post = async (path: string, body: unknown, signal: AbortSignal): Promise<unknown> => {
    const deadline = new AbortController();
    const cancel = deps.clock.at(deps.clock.nowMs() + DEADLINE_MS, () =>
      deadline.abort(new InternalApiError('timeout', `${path} gave no answer in ${DEADLINE_MS} ms`)),
    );
    try {
      const response = await deps.fetch(`${deps.serverUrl}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${await deps.mintToken()}` },
        body: JSON.stringify(body),
        redirect: 'error',
        signal: AbortSignal.any([signal, deadline.signal]),
      });
      const text = await response.text();
      if (!response.ok)
        throw new InternalApiError('refused', `${path} answered ${response.status} ${text.slice(0, 200)}`);
      return parseJson(text, path);
    } catch (cause) {
      if (signal.aborted) throw signal.reason;
      if (deadline.signal.aborted) throw deadline.signal.reason;
      if (cause instanceof InternalApiError) throw cause;
      throw new InternalApiError('unreachable', `${path} cannot be reached at ${deps.serverUrl}`, cause);
    } finally {
      cancel();
    }
  };
  return {
    async claim(request, signal) {
      const answer = claimAnswerSchema.safeParse(await post('/internal/claims', request, signal));
      if (!answer.success)
        throw new InternalApiError('protocol', 'the answer to a claim has another form', answer.error);
      return answer.data;
    },
    async report(report, signal) {
      await post('/internal/workers', report, signal);
    },
  };
}

function parseJson(text: string, path: string): unknown {
  if (text === '') return null;
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new InternalApiError('protocol', `${path} answered with what is not JSON`, cause);
  }
}
