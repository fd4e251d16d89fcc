import type { Logger } from 'pino';

/** Tells events in order, never from inside the call that caused them: in a microtask after it. */
export interface TellAfterwards<Event> {
  (event: Event): void;
  /** What was not told yet is not told. */
  stop(): void;
}

export function tellAfterwards<Event>(onEvent: (event: Event) => void, log: Logger): TellAfterwards<Event> {
  const untold: Event[] = [];
  let isStopped = false;
  const tellAll = () => {
    for (let event = untold.shift(); event !== undefined && !isStopped; event = untold.shift()) {
      try {
        onEvent(event);
      } catch (error) {
        // A listener's fault must not end the process, which other calls share.
        log.error({ err: error }, 'a listener of the playout failed');
      }
    }
  };
  const tell = (event: Event) => {
    if (untold.push(event) === 1) queueMicrotask(tellAll);
  };
  const stop = () => {
    isStopped = true;
  };
  return Object.assign(tell, { stop });
}
