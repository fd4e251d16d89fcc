import { type LiveEvent, liveEventSchema } from '@parley/contracts/calls-api';
import type { Clock } from '../runtime/clock.ts';

/** The server's news of calls. */
export interface LiveCalls {
  close(): void;
}

/** Whether news arrive now. `away`: the connection is gone, and is tried again. */
export type LiveLine = 'connecting' | 'open' | 'away';

const TYPES = liveEventSchema.options.map(({ shape }) => shape.type.value);
/** The browser tries again by itself after a break, and not after a refusal; in ms. */
const RETRY_AFTER_REFUSAL_MS = 10_000;

/** Follows `GET /api/calls/live` until it is closed. */
export function followLiveCalls({
  clock,
  onEvent,
  onLine,
}: {
  readonly clock: Clock;
  readonly onEvent: (event: LiveEvent) => void;
  readonly onLine: (line: LiveLine) => void;
}): LiveCalls {
  let close = () => {};
  const open = () => {
    onLine('connecting');
    const source = new EventSource('/api/calls/live');
    let cancelRetry = () => {};
    close = () => {
      cancelRetry();
      source.close();
    };
    source.onopen = () => onLine('open');
    source.onerror = () => {
      onLine('away');
      if (source.readyState === EventSource.CLOSED)
        cancelRetry = clock.at(clock.nowMs() + RETRY_AFTER_REFUSAL_MS, open);
    };
    for (const type of TYPES)
      source.addEventListener(type, ({ data }) => {
        const event = readEvent(type, data);
        if (event !== null) onEvent(event);
      });
  };
  open();
  return { close: () => close() };
}

function readEvent(type: string, data: unknown): LiveEvent | null {
  try {
    return liveEventSchema.parse({ type, data: JSON.parse(String(data)) });
  } catch {
    // Of another build than this page: the rows are right again when the page is loaded anew.
    return null;
  }
}
