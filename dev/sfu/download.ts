import type { Clock } from '@parley/agent/runtime/clock';

/** Until the first byte of an answer; an offline machine falls through after it. */
const CONNECT_LIMIT_MS = 5_000;
/** Without a byte for so long a download is given up. */
const STALL_LIMIT_MS = 15_000;

/** Fetches a file into memory. Rejects with `signal.reason`, or with an Error that says what the host did. */
export async function download(options: {
  readonly clock: Clock;
  readonly url: string;
  readonly signal: AbortSignal;
  /** How far it is, for a person: `40 %`, or megabytes where the length is not known. */
  readonly onShare?: (share: string) => void;
}): Promise<Buffer> {
  const { clock, url, signal, onShare = () => undefined } = options;
  const stalled = new AbortController();
  const giveUpAfter = (limitMs: number) =>
    clock.at(clock.nowMs() + limitMs, () =>
      stalled.abort(new Error(`${new URL(url).host} did not answer within ${limitMs / 1000} s`)),
    );
  let goOn = giveUpAfter(CONNECT_LIMIT_MS);
  try {
    const response = await fetch(url, { signal: AbortSignal.any([signal, stalled.signal]) });
    if (!response.ok || response.body === null) throw new Error(`${url} answered ${response.status}`);
    const total = Number(response.headers.get('content-length'));
    const chunks: Uint8Array[] = [];
    let received = 0;
    for await (const chunk of response.body) {
      goOn();
      goOn = giveUpAfter(STALL_LIMIT_MS);
      chunks.push(chunk);
      received += chunk.length;
      onShare(total > 0 ? `${Math.floor((received / total) * 100)} %` : `${Math.round(received / 1e6)} MB`);
    }
    return Buffer.concat(chunks);
  } finally {
    goOn();
  }
}

/** What went wrong, for a person. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // `fetch failed` says nothing; what failed stands in its cause.
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
