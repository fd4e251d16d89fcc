import type { Logger } from 'pino';
import { createAsyncQueue } from '../runtime/async-queue.ts';
import type { Clock } from '../runtime/clock.ts';
import { AttemptReplaced, beginAttempt, type ProviderAttempt } from '../runtime/provider-attempt.ts';
import { ProviderError, type ProviderErrorCode } from '../runtime/provider-error.ts';
import type { ProviderOrder } from '../runtime/provider-order.ts';
import { createProviderTries } from '../runtime/provider-tries.ts';
import type { LlmEvent, LlmRequest } from './contract.ts';
import type { LlmCandidate } from './switched.ts';

/**
 * Longest wait for the first token, connecting included, in ms; half as long again where nobody else is left. Source:
 * three times the 95th percentile of fast hosted models (1.9 s).
 */
const FIRST_TOKEN_MS = 6_000;

/** Longest wait between two tokens, in ms: the arguments of a tool come whole, after 200 tokens at 40 a second. */
const TOKEN_GAP_MS = 5_000;

/** News that may wait for a reader, who in a call never waits: an hour of tokens at 40 a second. */
const MOST_WAITING_NEWS = 150_000;

/** One provider's answer to the request. */
interface Answer {
  readonly candidate: LlmCandidate;
  readonly attempt: ProviderAttempt<AsyncIterable<LlmEvent>>;
}

type News =
  | { readonly kind: 'event'; readonly of: LlmCandidate; readonly event: LlmEvent }
  | { readonly kind: 'over'; readonly of: LlmCandidate; readonly error: ProviderError | null }
  | { readonly kind: 'slow' }
  | { readonly kind: 'retry'; readonly candidate: LlmCandidate };

/** One request, asked of one provider after the other until one begins to answer. */
export async function* answerInTurn(options: {
  readonly request: LlmRequest;
  readonly order: ProviderOrder<LlmCandidate>;
  readonly hedgeAfterMs: number | null;
  readonly clock: Clock;
  readonly log: Logger;
  readonly signal: AbortSignal;
}): AsyncGenerator<LlmEvent> {
  const { request, order, hedgeAfterMs, clock, log, signal } = options;
  if (signal.aborted) return;
  const news = createAsyncQueue<News>(MOST_WAITING_NEWS);
  const tries = createProviderTries(order);
  /** In the order in which they were asked. */
  const running: Answer[] = [];
  const wanted = order.current;
  let winner: LlmCandidate | null = null;
  let wantedFailedWith: ProviderErrorCode | null = null;
  let cancelTimer = () => {};

  const wakeAfter = (waitMs: number, item: News) => {
    cancelTimer();
    cancelTimer = clock.at(clock.nowMs() + waitMs, () => void news.push(item));
  };
  const begin = (candidate: LlmCandidate) => {
    const attempt: ProviderAttempt<AsyncIterable<LlmEvent>> = beginAttempt({
      candidate,
      order,
      clock,
      signal,
      open: (until) => candidate.stage.stream(request, { signal: until }),
      onEvent(event: LlmEvent) {
        if (event.type !== 'usage') {
          attempt.worked();
          attempt.expectBy({ atMs: clock.nowMs() + TOKEN_GAP_MS, missing: 'the next token' });
        }
        news.push({ kind: 'event', of: candidate, event });
      },
      onEnd: (error) => void news.push({ kind: 'over', of: candidate, error }),
    });
    const atMs = clock.nowMs() + tries.patienceFor(candidate) * (candidate.firstTokenMs ?? FIRST_TOKEN_MS);
    attempt.expectBy({ atMs, missing: 'the first token' });
    running.push({ candidate, attempt });
    if (running.length === 1 && hedgeAfterMs !== null) wakeAfter(hedgeAfterMs, { kind: 'slow' });
  };
  const beginNext = () => {
    const next = tries.next();
    if (next === null) throw tries.failure();
    if (next.waitMs === 0) begin(next.candidate);
    else wakeAfter(next.waitMs, { kind: 'retry', candidate: next.candidate });
  };
  const win = (candidate: LlmCandidate) => {
    winner = candidate;
    cancelTimer();
    const place = running.findIndex((answer) => answer.candidate === candidate);
    for (const [index, loser] of running.entries()) {
      const { provider } = loser.candidate.stage;
      if (index > place) loser.attempt.end(new AttemptReplaced(provider));
      // It was asked before, and is still silent: that is how one that hangs begins.
      if (index < place) loser.attempt.fail(slower(provider));
    }
    // Another may have been asked for meanwhile.
    if (!isRunning(wanted) && order.current === wanted) order.takeOver(candidate, wantedFailedWith);
  };
  const isRunning = (candidate: LlmCandidate) => running.some((answer) => answer.candidate === candidate);
  const drop = (candidate: LlmCandidate, error: ProviderError) => {
    const { provider, model } = candidate.stage;
    log.warn({ err: error, provider, model }, 'a model failed before it gave anything');
    const place = running.findIndex((answer) => answer.candidate === candidate);
    running.splice(place, 1);
    tries.failed(candidate, error);
    if (candidate === wanted) wantedFailedWith = error.code;
    if (running.length === 0) beginNext();
  };

  const onAbort = () => news.end();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    beginNext();
    for await (const item of news) {
      switch (item.kind) {
        case 'event':
          // Who lost a race has a bill too.
          if (item.event.type === 'usage') yield item.event;
          // Who was given up has nothing to say any more, should it go on all the same.
          else if (!signal.aborted && isRunning(item.of)) {
            if (winner === null) win(item.of);
            if (winner === item.of) yield item.event;
          }
          break;
        case 'over':
          if (item.error === null) {
            if (winner === null) win(item.of);
            if (winner === item.of) news.end();
          } else if (winner === null) drop(item.of, item.error);
          else if (winner === item.of) throw item.error;
          break;
        case 'slow': {
          const beside = winner === null ? tries.nextBeside() : null;
          if (beside !== null) begin(beside);
          break;
        }
        case 'retry':
          if (winner === null) begin(item.candidate);
          break;
      }
    }
  } finally {
    cancelTimer();
    signal.removeEventListener('abort', onAbort);
    for (const { candidate, attempt } of running) attempt.end(new AttemptReplaced(candidate.stage.provider));
  }
}

function slower(provider: string): ProviderError {
  const message = 'another answered first';
  return new ProviderError('timeout', message, { provider, retryable: true });
}
