import type { Outgoing } from '../outgoing/outgoing.ts';
import { OutgoingError } from '../outgoing/outgoing-error.ts';
import type { Clock } from '../runtime/clock.ts';
import type { LeasedDelivery } from './leased-delivery.ts';
import { signatureHeaders } from './signature.ts';

/** Longest attempt, from the name's look-up to the end of the answer, in ms. */
const ATTEMPT_LIMIT_MS = 10_000;
/** How much of an answer is kept, in bytes. */
const ANSWER_BYTES = 1_024;
const GONE = 410;

/** What came of one attempt. */
export interface AttemptOutcome {
  /** `gone`: the receiver wants nothing more. */
  readonly kind: 'delivered' | 'failed' | 'gone';
  /** Wall clock at its beginning. */
  readonly atMs: number;
  readonly tookMs: number;
  /** Null where no answer came. */
  readonly status: number | null;
  /** Null where it was delivered. */
  readonly fault: string | null;
  readonly answer: string;
  /** How long the receiver asks to be left alone. */
  readonly askedMs: number | null;
}

/** Sends a message once. Rejects with the signal's reason alone: whether it arrived is not known then. */
export async function attemptDelivery(
  deps: {
    readonly outgoing: Pick<Outgoing, 'post'>;
    readonly clock: Clock;
    readonly nowEpochMs: () => number;
  },
  { url, messageId, body, secrets }: LeasedDelivery,
  { signal }: { readonly signal: AbortSignal },
): Promise<AttemptOutcome> {
  const { clock } = deps;
  const atMs = deps.nowEpochMs();
  const begunAtMs = clock.nowMs();
  const tookMs = () => Math.round(clock.nowMs() - begunAtMs);
  const limit = new AbortController();
  const cancelLimit = clock.at(begunAtMs + ATTEMPT_LIMIT_MS, () =>
    limit.abort(new OutgoingError('timeout', `No whole answer came within ${ATTEMPT_LIMIT_MS / 1_000} s.`)),
  );
  try {
    const { status, retryAfterS, text } = await deps.outgoing.post({
      url,
      headers: {
        'content-type': 'application/json',
        'user-agent': 'Parley-Webhooks/1',
        ...signatureHeaders({ messageId, atEpochMs: atMs, body, secrets }),
      },
      body,
      maxAnswerBytes: ANSWER_BYTES,
      signal: AbortSignal.any([signal, limit.signal]),
    });
    const isTaken = status >= 200 && status < 300;
    return {
      kind: isTaken ? 'delivered' : status === GONE ? 'gone' : 'failed',
      atMs,
      tookMs: tookMs(),
      status,
      fault: isTaken ? null : faultOf(status),
      answer: text,
      askedMs: retryAfterS === null ? null : retryAfterS * 1_000,
    };
  } catch (error) {
    if (!(error instanceof OutgoingError)) throw error;
    const fault = error.message;
    return { kind: 'failed', atMs, tookMs: tookMs(), status: null, fault, answer: '', askedMs: null };
  } finally {
    cancelLimit();
  }
}

function faultOf(status: number): string {
  if (status === GONE) return 'It answered 410: it wants nothing more.';
  if (status >= 300 && status < 400)
    return `It answered ${status}: redirects are not followed. Change the address of the endpoint.`;
  return `It answered ${status}; 200 to 299 say that a message was taken.`;
}
