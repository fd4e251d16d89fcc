import type { Logger } from 'pino';
import type { Clock } from '../../runtime/clock.ts';
import { createDeferred, type Deferred } from '../../runtime/deferred.ts';
import { ProviderError } from '../../runtime/provider-error.ts';
import { startThread, type Thread } from '../../runtime/thread.ts';
import type { FromSmartTurn, SmartTurnData, ToSmartTurn } from './messages.ts';
import { PROVIDER } from './provider.ts';

/** The thread in which the model lives, asked one thing at a time. */
export interface ModelThread {
  /** Resolves when the model is loaded. Rejects with ProviderError `unavailable`. */
  warm(): Promise<void>;
  /** Takes `features` over. Starts the thread where none runs. Rejects with ProviderError. */
  score(features: Float32Array<ArrayBuffer>): Promise<number>;
  /** Safe to call twice. */
  close(): Promise<void>;
}

/** A run takes 45 ms, the model 0.3 s to load; what takes this long, in ms, will never end. */
const LONGEST_RUN_MS = 15_000;

/** After a thread was lost none is started for so long, in ms: longer while it keeps failing. */
const RESTART_WAITS_MS = [0, 1_000, 5_000, 30_000];

export function createModelThread(options: {
  readonly modelFile: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Default: a worker thread of this process. */
  readonly start?: typeof startThread<ToSmartTurn, FromSmartTurn>;
}): ModelThread {
  const { clock, log, start = startThread } = options;
  let running: { readonly thread: Promise<Thread<ToSmartTurn>>; readonly ready: Deferred<void> } | null =
    null;
  let pending: { readonly id: number; readonly answer: Deferred<number> } | null = null;
  let lastId = 0;
  let losses = 0;
  let startsAgainAtMs = Number.NEGATIVE_INFINITY;
  let isClosed = false;

  const failure = (code: 'unavailable' | 'timeout' | 'protocol', message: string, cause?: unknown) =>
    new ProviderError(code, message, { provider: PROVIDER, retryable: !isClosed, cause });

  const lose = (reason: ProviderError) => {
    const lost = running;
    running = null;
    if (!isClosed) {
      const waitMs = RESTART_WAITS_MS[Math.min(losses, RESTART_WAITS_MS.length - 1)] ?? 0;
      losses += 1;
      startsAgainAtMs = clock.nowMs() + waitMs;
      log.error(
        { err: reason, waitMs },
        'the end-of-turn model is lost; pauses are waited out until it is back',
      );
    }
    lost?.ready.reject(reason);
    pending?.answer.reject(reason);
    return lost?.thread
      .then((thread) => thread.stop())
      .catch(() => {
        // It never started, so there is nothing to stop.
      });
  };

  const take = (message: FromSmartTurn) => {
    if (message.type === 'ready') return running?.ready.resolve();
    if (pending?.id !== message.id) return;
    if (message.type === 'failed') return pending.answer.reject(failure('protocol', message.message));
    losses = 0;
    pending.answer.resolve(message.probability);
  };

  const threadOf = () => {
    if (isClosed) throw failure('unavailable', 'the end-of-turn model is closed');
    if (running !== null) return running;
    if (clock.nowMs() < startsAgainAtMs) throw failure('unavailable', 'the end-of-turn model is lost');
    const data: SmartTurnData = { modelFile: options.modelFile };
    const thread = start({
      entry: 'turn-detector/smart-turn/smart-turn.thread',
      data,
      onMessage(message) {
        if (running?.thread === thread) take(message);
      },
      onEnd: (reason) => void lose(failure('unavailable', reason.message, reason)),
      onOutput: (text) => log.debug({ text }, 'the end-of-turn thread printed'),
    });
    thread.catch((cause) => {
      if (running?.thread === thread) {
        void lose(failure('unavailable', `the end-of-turn thread did not start: ${String(cause)}`, cause));
      }
    });
    const ready = createDeferred<void>();
    // Nobody may be waiting for it.
    ready.promise.catch(() => undefined);
    running = { thread, ready };
    return running;
  };

  return {
    async warm() {
      await threadOf().ready.promise;
    },
    async score(features) {
      const { thread } = threadOf();
      lastId += 1;
      const id = lastId;
      const answer = createDeferred<number>();
      pending = { id, answer };
      const cancelTimeout = clock.at(clock.nowMs() + LONGEST_RUN_MS, () => {
        void lose(failure('timeout', `the end-of-turn model gave no score within ${LONGEST_RUN_MS} ms`));
      });
      thread.then(
        (started) => started.post({ id, features }, [features.buffer]),
        () => {
          // Its loss is told to whoever waits.
        },
      );
      try {
        return await answer.promise;
      } finally {
        cancelTimeout();
        pending = null;
      }
    },
    async close() {
      isClosed = true;
      await lose(failure('unavailable', 'the end-of-turn model is closed'));
    },
  };
}
