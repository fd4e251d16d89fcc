import type { Logger } from 'pino';
import { type Clock, delay } from '../runtime/clock.ts';
import { createDeferred } from '../runtime/deferred.ts';
import { startThread } from '../runtime/thread.ts';
import { type DecodeKeptSound, PreConnectError } from './contract.ts';
import type { DecodeAnswer } from './decode-messages.ts';

/** Longest decoding, in ms. 10 s of sound take 0.3 s with the start of the thread; the rest is for a busy machine. */
const LONGEST_DECODING_MS = 10_000;

/**
 * Decodes each buffer in a thread of its own that ends with it: strangers' bytes meet the parsers, and what such bytes
 * can do to them, a loop or memory without end, stays there.
 */
export function createDecodeAside(options: { readonly clock: Clock; readonly log: Logger }): DecodeKeptSound {
  const { clock, log } = options;
  return async (sound, { signal }) => {
    const answer = createDeferred<DecodeAnswer>();
    const thread = await startThread<never, DecodeAnswer>({
      entry: 'pre-connect/decode.thread',
      data: sound,
      onMessage: (message) => answer.resolve(message),
      onEnd: (cause) =>
        answer.reject(new PreConnectError('broken', 'the buffer broke its decoder', { cause })),
      onOutput: (text) => log.debug({ personal: { text } }, 'decoder of pre-connect audio'),
    });
    const waiting = new AbortController();
    const timeout = delay(clock, LONGEST_DECODING_MS, AbortSignal.any([signal, waiting.signal])).then(() => {
      throw new PreConnectError('timeout', `the buffer was not decoded in ${LONGEST_DECODING_MS} ms`);
    });
    try {
      const told = await Promise.race([answer.promise, timeout]);
      if (told.kind === 'decoded') return told.samples;
      throw new PreConnectError(told.code, told.message);
    } finally {
      waiting.abort(new Error('decoded'));
      timeout.catch(() => {});
      await thread.stop();
    }
  };
}
