import type { Logger } from 'pino';
import { type Clock, wallClockEpochMs } from '../runtime/clock.ts';
import type { InternalRequest } from '../worker/internal-request.ts';
import type { LaneDeps } from './lane.ts';
import { createOwnerships, type Ownerships } from './ownership.ts';
import { isAlive, markThisProcess } from './process-mark.ts';
import { shareClient } from './shared-client.ts';
import { createShipmentClient } from './shipment-client.ts';
import { createShippingTally } from './shipping-counts.ts';

/** What this process ships with, be it journals of its own or those of the dead. Called once a process. */
export function openShipping(options: {
  readonly request: InternalRequest;
  readonly sendsFiles: boolean;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
}): LaneDeps & { readonly ownerships: Ownerships } {
  const { request, clock, log } = options;
  const tally = createShippingTally();
  return {
    ...options,
    tally,
    client: shareClient(createShipmentClient(request), { tally, log }),
    ownerships: createOwnerships({
      mark: markThisProcess(),
      isAlive,
      wallClockMs: wallClockEpochMs,
      clock,
    }),
  };
}
