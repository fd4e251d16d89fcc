import type { CallId, Seat } from '@parley/contracts/ids';
import {
  type ClaimAnswer,
  type ClaimRequest,
  claimAnswerSchema,
  type StoredJournals,
  storedJournalsSchema,
  type WorkerReport,
} from '@parley/contracts/internal-api';
import { InternalApiError, type InternalRequest, parseJson } from './internal-request.ts';

/** The part of web/server that workers speak to. Every call rejects with `InternalApiError` after 2 s at most. */
export interface InternalClient {
  claim(request: ClaimRequest, signal: AbortSignal): Promise<ClaimAnswer>;
  report(report: WorkerReport, signal: AbortSignal): Promise<void>;
  /** What the server has of a seat's generations. */
  journals(callId: CallId, seat: Seat, signal: AbortSignal): Promise<StoredJournals>;
}

/** Source: a claim stands between an assigned job and its agent's joining. */
const DEADLINE_MS = 2_000;

export function createInternalClient(request: InternalRequest): InternalClient {
  const post = async (path: string, body: unknown, signal: AbortSignal): Promise<unknown> => {
    const headers = { 'content-type': 'application/json' };
    const parts = {
      method: 'POST',
      path,
      headers,
      body: JSON.stringify(body),
      deadlineMs: DEADLINE_MS,
    } as const;
    return parseJson((await request(parts, signal)).text, path);
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
    async journals(callId, seat, signal) {
      const path = `/internal/calls/${encodeURIComponent(callId)}/${seat}/journals`;
      const { text } = await request(
        { method: 'GET', path, headers: {}, body: null, deadlineMs: DEADLINE_MS },
        signal,
      );
      const answer = storedJournalsSchema.safeParse(parseJson(text, path));
      if (!answer.success)
        throw new InternalApiError('protocol', 'the journals of a call have another form', answer.error);
      return answer.data;
    },
  };
}
