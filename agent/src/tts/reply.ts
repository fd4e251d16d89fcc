import { createAsyncQueue } from '../runtime/async-queue.ts';
import { ProviderError } from '../runtime/provider-error.ts';
import type { TtsEvent, TtsReply } from './contract.ts';

export interface TtsSegment {
  readonly segmentId: string;
  readonly text: string;
}

/** The replies of one provider that are open: what their contract asks of every provider alike. */
export interface OpenReplies {
  /**
   * Opens a reply whose sound `speak` makes from its segments. Once `signal` aborts, the iteration ends
   * without a throw: `speak` must then end promptly too, by return or throw. Throws ProviderError
   * `unavailable` after `close`.
   */
  open(options: { readonly signal: AbortSignal; readonly speak: Speak }): TtsReply;
  /** Ends every reply. Safe to call twice. */
  close(): void;
}

export type Speak = (segments: AsyncIterable<TtsSegment>, signal: AbortSignal) => AsyncIterable<TtsEvent>;

/** Segments of one reply that may wait; a reply of a model has a few dozen. */
export const MOST_WAITING_SEGMENTS = 10_000;

export function createOpenReplies({ provider }: { readonly provider: string }): OpenReplies {
  const open = new Set<() => void>();
  let isClosed = false;

  return {
    open({ signal, speak }) {
      if (isClosed)
        throw new ProviderError('unavailable', 'the voice is closed', { provider, retryable: false });
      const segments = createAsyncQueue<TtsSegment>(MOST_WAITING_SEGMENTS);
      const ending = new AbortController();
      const end = () => {
        signal.removeEventListener('abort', end);
        open.delete(end);
        ending.abort(signal.reason);
        segments.fail(ending.signal.reason);
      };
      open.add(end);
      if (signal.aborted) end();
      else signal.addEventListener('abort', end, { once: true });

      async function* events(): AsyncGenerator<TtsEvent> {
        try {
          for await (const event of speak(segments, ending.signal)) {
            if (ending.signal.aborted) return;
            yield event;
          }
        } catch (error) {
          if (!ending.signal.aborted) throw error;
        } finally {
          end();
        }
      }
      const iteration = events();
      let isFinished = false;
      return {
        say(segment) {
          if (ending.signal.aborted || segments.push(segment)) return;
          if (!isFinished) throw tooManySegments(provider);
          throw new ProviderError('bad_request', 'the reply was finished and takes no segment', {
            provider,
            retryable: false,
          });
        },
        finish() {
          isFinished = true;
          segments.end();
        },
        [Symbol.asyncIterator]: () => iteration,
      };
    },
    close() {
      isClosed = true;
      for (const end of open) end();
    },
  };
}

export function tooManySegments(provider: string): ProviderError {
  const message = `more than ${MOST_WAITING_SEGMENTS} segments of a reply wait to be spoken`;
  return new ProviderError('bad_request', message, { provider, retryable: false });
}
