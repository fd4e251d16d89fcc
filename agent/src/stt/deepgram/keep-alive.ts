import type { Clock } from '../../runtime/clock.ts';

/** Tells the vendor that somebody is still there while nothing else is sent. */
export interface KeepAlive {
  start(tell: () => void): void;
  /** Something else was sent. */
  sent(): void;
  stop(): void;
}

/** How often it is told, in ms. Source: the vendor closes after 10 s, and advises 3 to 5 s. */
const EVERY_MS = 4_000;

export function createKeepAlive({ clock }: { readonly clock: Clock }): KeepAlive {
  let hasSent = false;
  let cancel = () => {};
  const look = (tell: () => void) => {
    if (!hasSent) tell();
    hasSent = false;
    cancel = clock.at(clock.nowMs() + EVERY_MS, () => look(tell));
  };
  return {
    start(tell) {
      cancel();
      look(tell);
    },
    sent() {
      hasSent = true;
    },
    stop: () => cancel(),
  };
}
