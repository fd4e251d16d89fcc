import type { Logger } from 'pino';
import type { Clock } from '../../runtime/clock.ts';
import { createDeferred, type Deferred } from '../../runtime/deferred.ts';
import { ProviderError } from '../../runtime/provider-error.ts';
import { startThread, type Thread } from '../../runtime/thread.ts';
import type { RecogniserAnswer, RecogniserRequest } from './messages.ts';

export const PROVIDER = 'embedded';

/** The thread in which SoundSwallower lives, asked one thing at a time. */
export interface RecogniserThread {
  /**
   * Starts the thread where none runs. Rejects with ProviderError: `bad_request` where the request is at fault,
   * `unavailable` or `timeout` where the thread is; it is then gone with all that it had learnt.
   */
  ask(request: RecogniserRequest): Promise<RecogniserAnswer>;
  /** Safe to call twice. */
  close(): Promise<void>;
}

/** The longest utterance takes 2 s on a busy machine; a request that takes this long, in ms, will never end. */
const LONGEST_REQUEST_MS = 15_000;

export function createRecogniserThread(options: {
  readonly clock: Clock;
  readonly log: Logger;
  /** The thread is gone, and with it all that it had learnt. */
  readonly onLost: () => void;
}): RecogniserThread {
  const { clock, log } = options;
  let running: Promise<Thread<RecogniserRequest>> | null = null;
  let pending: Deferred<RecogniserAnswer> | null = null;
  let isClosed = false;

  const failure = (code: 'unavailable' | 'timeout', message: string, cause?: unknown) =>
    new ProviderError(code, message, { provider: PROVIDER, retryable: !isClosed, cause });

  const lose = () => {
    running = null;
    options.onLost();
  };

  const start = () => {
    running ??= startThread<RecogniserRequest, RecogniserAnswer>({
      entry: 'stt/embedded/recogniser.thread',
      onMessage: (answer) => pending?.resolve(answer),
      onEnd(reason) {
        log.error({ err: reason }, 'the recogniser thread ended; the next utterance starts another');
        lose();
        pending?.reject(failure('unavailable', reason.message, reason));
      },
      onOutput: (text) => log.debug({ personal: { text } }, 'the recogniser thread printed'),
    });
    return running;
  };

  const stop = async () => {
    const thread = running;
    if (thread !== null) lose();
    await thread
      ?.then((started) => started.stop())
      .catch(() => {
        // It never started, so there is nothing to stop.
      });
  };

  return {
    async ask(request) {
      if (isClosed) throw failure('unavailable', 'the recogniser is closed');
      const answer = createDeferred<RecogniserAnswer>();
      pending = answer;
      const cancelTimeout = clock.at(clock.nowMs() + LONGEST_REQUEST_MS, () => {
        answer.reject(failure('timeout', `the recogniser gave no answer within ${LONGEST_REQUEST_MS} ms`));
        void stop();
      });
      start().then(
        (thread) => thread.post(request),
        (cause) => {
          lose();
          answer.reject(failure('unavailable', 'the recogniser thread did not start', cause));
        },
      );
      try {
        const made = await answer.promise;
        if (made.type === 'refused')
          throw new ProviderError('bad_request', made.message, { provider: PROVIDER, retryable: false });
        return made;
      } finally {
        cancelTimeout();
        pending = null;
      }
    },
    async close() {
      isClosed = true;
      pending?.reject(failure('unavailable', 'the recogniser is closed'));
      await stop();
    },
  };
}
