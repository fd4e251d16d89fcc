import type { Logger } from 'pino';
import type { Clock } from '../../runtime/clock.ts';
import { createDeferred, type Deferred } from '../../runtime/deferred.ts';
import { ProviderError } from '../../runtime/provider-error.ts';
import { startThread, type Thread, type ThreadEnded } from '../../runtime/thread.ts';
import type { FromFlite, ToFlite } from './messages.ts';

/** A request without its id. */
export type FliteRequest =
  | { readonly type: 'synthesise'; readonly voice: string; readonly text: string }
  | { readonly type: 'pronounce'; readonly word: string };

export type FliteAnswer = Exclude<FromFlite, { readonly type: 'failed' }>;

/** Flite in its thread, asked one thing at a time. */
export interface FliteThread {
  /**
   * Starts the thread where none runs. Rejects with ProviderError `unavailable`, `timeout` or `bad_request`.
   */
  ask(request: FliteRequest): Promise<FliteAnswer>;
  /** Safe to call twice. */
  close(): Promise<void>;
}

export const PROVIDER = 'embedded';

/**
 * One piece of speech takes a quarter of a second at most; a run that takes this long will never end, in ms.
 */
const LONGEST_RUN_MS = 15_000;

export function createFliteThread(options: {
  readonly clock: Clock;
  readonly log: Logger;
  /** Default: a worker thread of this process. */
  readonly start?: typeof startThread<ToFlite, FromFlite>;
}): FliteThread {
  const { clock, log, start = startThread } = options;
  let starting: Promise<Thread<ToFlite>> | null = null;
  let open: { readonly id: number; readonly answer: Deferred<FliteAnswer> } | null = null;
  let lastId = 0;
  let isClosed = false;

  const unavailable = (message: string, cause?: unknown) =>
    new ProviderError('unavailable', message, { provider: PROVIDER, retryable: !isClosed, cause });

  const take = (message: FromFlite) => {
    if (open?.id !== message.id) return;
    if (message.type !== 'failed') return open.answer.resolve(message);
    open.answer.reject(
      new ProviderError('bad_request', message.message, { provider: PROVIDER, retryable: false }),
    );
  };

  const end = (reason: ThreadEnded) => {
    starting = null;
    log.error({ err: reason }, 'the voice thread ended; the next sentence starts another');
    open?.answer.reject(unavailable(reason.message, reason));
  };

  const threadOf = () => {
    starting ??= start({
      entry: 'tts/flite/flite.thread',
      onMessage: take,
      onEnd: end,
      onOutput: (text) => log.debug({ personal: { text } }, 'the voice thread printed'),
    });
    return starting;
  };

  const stop = async () => {
    const thread = starting;
    starting = null;
    await thread?.then((running) => running.stop()).catch(() => {});
  };

  return {
    async ask(request) {
      if (isClosed) throw unavailable('the voice is closed');
      lastId += 1;
      const id = lastId;
      const answer = createDeferred<FliteAnswer>();
      open = { id, answer };
      const cancelTimeout = clock.at(clock.nowMs() + LONGEST_RUN_MS, () => {
        answer.reject(
          new ProviderError('timeout', `no speech within ${LONGEST_RUN_MS} ms`, {
            provider: PROVIDER,
            retryable: true,
          }),
        );
        void stop();
      });
      try {
        threadOf().then(
          (thread) => thread.post({ ...request, id }),
          (cause) => {
            starting = null;
            answer.reject(unavailable(`the voice thread did not start: ${String(cause)}`, cause));
          },
        );
        return await answer.promise;
      } finally {
        cancelTimeout();
        open = null;
      }
    },
    async close() {
      isClosed = true;
      open?.answer.reject(unavailable('the voice is closed'));
      await stop();
    },
  };
}
