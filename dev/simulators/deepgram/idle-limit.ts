import type { SocketExchange } from '../simulated-vendor.ts';

/** Closes a stream on which nothing comes for so long. */
export interface IdleLimit {
  /** Something came. */
  feed(): void;
  stop(): void;
}

/** Source of code and reason: the vendor's page on errors of streams. */
const REASON =
  'Deepgram did not receive audio data or a text message within the timeout window. See https://dpgr.am/net0001';

export function createIdleLimit(exchange: SocketExchange, limitMs: number): IdleLimit {
  const { clock } = exchange.simulation;
  let fedAtMs = clock.nowMs();
  let cancel = () => {};
  const look = () => {
    if (clock.nowMs() - fedAtMs >= limitMs) return exchange.close(1011, REASON);
    cancel = clock.at(fedAtMs + limitMs, look);
  };
  look();
  return {
    feed() {
      fedAtMs = clock.nowMs();
    },
    stop: () => cancel(),
  };
}
