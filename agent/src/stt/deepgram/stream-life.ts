import { createAsyncQueue } from '../../runtime/async-queue.ts';
import type { ProviderError } from '../../runtime/provider-error.ts';
import type { SttEvent } from '../contract.ts';

/** From the opening of a stream to its end, by its signal or by a failure: what its reader is given. */
export interface StreamLife extends AsyncIterable<SttEvent> {
  readonly isOver: boolean;
  give(event: SttEvent): void;
  /** Ends the stream by a throw. Nothing happens after its end. */
  fail(error: ProviderError): void;
}

/** Events that may wait to be read; a reader that is further behind has stopped reading. */
const MOST_EVENTS = 1_000;

export function createStreamLife(options: {
  readonly signal: AbortSignal;
  /** Called once, at the end: closes the connection, and stops what waits. */
  readonly release: () => void;
}): StreamLife {
  const { signal } = options;
  const events = createAsyncQueue<SttEvent>(MOST_EVENTS);
  let isOver = false;

  const end = () => {
    isOver = true;
    signal.removeEventListener('abort', onAbort);
    options.release();
  };
  const onAbort = () => {
    end();
    events.end();
  };
  if (signal.aborted) {
    isOver = true;
    events.end();
  } else signal.addEventListener('abort', onAbort, { once: true });

  return {
    get isOver() {
      return isOver;
    },
    give: (event) => void events.push(event),
    fail(error) {
      if (isOver) return;
      end();
      events.fail(error);
    },
    async *[Symbol.asyncIterator]() {
      for await (const event of events) {
        if (signal.aborted) return;
        yield event;
      }
    },
  };
}
