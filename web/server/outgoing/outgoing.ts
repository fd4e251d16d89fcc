import { request } from 'undici';
import type { AllowRule } from './allow-list.ts';
import { createGuardedAgent, type LookUp } from './guarded-agent.ts';
import { OutgoingError } from './outgoing-error.ts';
import { readOutgoingUrl } from './outgoing-guard.ts';

/** What another server answered. */
export interface OutgoingAnswer {
  readonly status: number;
  /** `Retry-After` where it was given in s. */
  readonly retryAfterS: number | null;
  /** The beginning of the body, as UTF-8; what is none becomes the replacement character. */
  readonly text: string;
}

/** Sends requests to addresses that users gave. */
export interface Outgoing {
  /** Throws `OutgoingError` where nothing would ever be sent to that address. */
  check(url: string): void;
  /**
   * Posts a body. Any status is an answer, a redirect too: none is followed. Rejects with `OutgoingError`, or the
   * signal's reason; an abort closes the connection.
   */
  post(message: {
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
    /** How much of the answer is read; the rest is dropped with the connection. */
    readonly maxAnswerBytes: number;
    readonly signal: AbortSignal;
  }): Promise<OutgoingAnswer>;
  /** Ends every connection. */
  close(): Promise<void>;
}

export function createOutgoing(options: {
  /** What requests may go to beside HTTPS on the internet. */
  readonly allow: readonly AllowRule[];
  readonly lookUp?: LookUp;
}): Outgoing {
  const { allow } = options;
  const agent = createGuardedAgent(options);
  return {
    check: (url) => void readOutgoingUrl(url, allow),
    async post({ url, headers, body, maxAnswerBytes, signal }) {
      signal.throwIfAborted();
      try {
        const answer = await request(readOutgoingUrl(url, allow), {
          method: 'POST',
          dispatcher: agent,
          headers,
          body,
          signal,
        });
        const text = await beginningOf(answer.body, maxAnswerBytes);
        return { status: answer.statusCode, retryAfterS: readSeconds(answer.headers['retry-after']), text };
      } catch (cause) {
        if (signal.aborted) throw signal.reason;
        if (cause instanceof OutgoingError) throw cause;
        throw new OutgoingError('connection_failed', `No answer came: ${faultOf(cause)}.`, { cause });
      }
    },
    close: () => agent.destroy(),
  };
}

async function beginningOf(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of body) {
    parts.push(part.subarray(0, maxBytes - bytes));
    bytes += part.length;
    if (bytes >= maxBytes) break;
  }
  return Buffer.concat(parts).toString('utf8');
}

function readSeconds(header: string | string[] | undefined): number | null {
  return typeof header === 'string' && /^\d{1,6}$/.test(header) ? Number(header) : null;
}

/** Codes of Node and undici say what went wrong, and hold no address. */
function faultOf(cause: unknown): string {
  const { code, message } = cause as { readonly code?: unknown; readonly message?: unknown };
  if (typeof code === 'string') return code;
  return typeof message === 'string' && message !== '' ? message : 'the connection failed';
}
