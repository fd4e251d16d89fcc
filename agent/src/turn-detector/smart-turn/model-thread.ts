import type { Logger } from 'pino';
import { type Clock, delay } from '../../runtime/clock.ts';
import { createDeferred, type Deferred } from '../../runtime/deferred.ts';
import { ProviderError } from '../../runtime/provider-error.ts';
import { startThread, type Thread } from '../../runtime/thread.ts';
import type { FromSmartTurn, SmartTurnData, ToSmartTurn } from './messages.ts';
import { PROVIDER } from './provider.ts';

/** The thread in which the model lives, asked one thing at a time. */
export interface ModelThread {
  /** Resolves when the model is loaded. Rejects with ProviderError `unavailable`. */
  warm(): Promise<void>;
  /**
   * Takes `features` over. Starts the thread where none runs. Rejects with ProviderError `unavailable` or `protocol`;
   * how long to wait is the caller's choice.
   */
  score(features: Float32Array<ArrayBuffer>): Promise<number>;
  /** Lets the thread finish its run. Safe to call twice. */
  close(): Promise<void>;
}

/** After a thread was lost none is started for so long, in ms: longer while it keeps failing. */
const RESTART_WAITS_MS = [0, 1_000, 5_000, 30_000];

/** A run takes 50 ms, and on a machine that is ten times overloaded half a second. */
const LEAVES_WITHIN_MS = 5_000;

/** A thread that has not answered by then, in ms, never will: it is left alone, and another is started. */
const HANGS_AFTER_MS = 10_000;

/** Threads that may be left hanging, at 80 MB each; then the model stays away. */
const MOST_HANGING = 3;

interface Running {
  readonly thread: Promise<Thread<ToSmartTurn>>;
  readonly ready: Deferred<void>;
  readonly ended: Deferred<void>;
}

/**
 * The thread is asked to leave and never stopped: a thread that is stopped while onnxruntime runs in it takes the whole
 * process along (onnxruntime-node 1.30).
 */
export function createModelThread(options: {
  readonly modelFile: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Default: a worker thread of this process. */
  readonly start?: typeof startThread<ToSmartTurn, FromSmartTurn>;
}): ModelThread {
  const { clock, log, start = startThread } = options;
  let running: Running | null = null;
  let pending: { readonly id: number; readonly answer: Deferred<number> } | null = null;
  let lastId = 0;
  let losses = 0;
  let startsAgainAtMs = Number.NEGATIVE_INFINITY;
  let hanging = 0;
  let isClosed = false;
  let leaving: Promise<void> | null = null;

  const failure = (code: 'unavailable' | 'protocol', message: string, cause?: unknown) =>
    new ProviderError(code, message, { provider: PROVIDER, retryable: !isClosed, cause });

  const rejectAll = (reason: ProviderError) => {
    running?.ready.reject(reason);
    pending?.answer.reject(reason);
  };

  const lose = (reason: ProviderError) => {
    running?.ended.resolve();
    rejectAll(reason);
    running = null;
    if (isClosed) return;
    const waitMs = RESTART_WAITS_MS[Math.min(losses, RESTART_WAITS_MS.length - 1)] ?? 0;
    losses += 1;
    startsAgainAtMs = clock.nowMs() + waitMs;
    log.error(
      { err: reason, waitMs },
      'the end-of-turn model is lost; pauses are waited out until it is back',
    );
  };

  const take = (from: Running, message: FromSmartTurn) => {
    if (from !== running) return;
    if (message.type === 'ready') return running.ready.resolve();
    if (pending?.id !== message.id) return;
    if (message.type === 'failed') return pending.answer.reject(failure('protocol', message.message));
    losses = 0;
    pending.answer.resolve(message.probability);
  };

  const threadOf = (): Running => {
    if (isClosed) throw failure('unavailable', 'the end-of-turn model is closed');
    if (running !== null) return running;
    if (hanging >= MOST_HANGING || clock.nowMs() < startsAgainAtMs)
      throw failure('unavailable', 'the end-of-turn model is lost');
    const data: SmartTurnData = { modelFile: options.modelFile };
    const loseOwn = (message: string, cause: unknown) => {
      // One that was left hanging is lost already.
      if (running === started) lose(failure('unavailable', message, cause));
    };
    const thread = start({
      entry: 'turn-detector/smart-turn/smart-turn.thread',
      data,
      onMessage: (message) => take(started, message),
      onEnd: (reason) => loseOwn(reason.message, reason),
      onOutput: (text) => log.debug({ personal: { text } }, 'the end-of-turn thread printed'),
    });
    const started: Running = { thread, ready: createDeferred(), ended: createDeferred() };
    thread.catch((cause) => loseOwn(`the end-of-turn thread did not start: ${String(cause)}`, cause));
    running = started;
    // Nobody may be waiting for it.
    started.ready.promise.catch(() => undefined);
    return started;
  };

  /** A thread in native code can only be left alone; if it ever comes back, it leaves. */
  const abandon = () => {
    if (running === null) return;
    hanging += 1;
    void running.thread.then((started) => started.post({ type: 'leave' }));
    lose(failure('unavailable', `the end-of-turn model gave no answer in ${HANGS_AFTER_MS} ms`));
  };

  const leave = async () => {
    if (running === null) return;
    const { thread, ended } = running;
    rejectAll(failure('unavailable', 'the end-of-turn model is closed'));
    thread.then(
      (started) => started.post({ type: 'leave' }),
      () => {
        // It never started, so it need not leave.
      },
    );
    const left = new AbortController();
    await Promise.race([ended.promise, delay(clock, LEAVES_WITHIN_MS, left.signal).catch(() => undefined)]);
    left.abort();
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
      const cancelLimit = clock.at(clock.nowMs() + HANGS_AFTER_MS, () => {
        if (running?.thread === thread) abandon();
      });
      thread.then(
        (started) => started.post({ type: 'score', id, features }, [features.buffer]),
        () => {
          // Its loss is told to whoever waits.
        },
      );
      try {
        return await answer.promise;
      } finally {
        cancelLimit();
        if (pending?.id === id) pending = null;
      }
    },
    async close() {
      isClosed = true;
      leaving ??= leave();
      await leaving;
    },
  };
}
