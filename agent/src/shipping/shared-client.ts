import type { Logger } from 'pino';
import { InternalApiError } from '../worker/internal-request.ts';
import { createJoinGate } from '../worker/join-gate.ts';
import type { ShipmentClient } from './shipment-client.ts';
import type { ShippingTally } from './shipping-counts.ts';

/** Bounds what shipments hold in memory when a server that was away returns: each is half a megabyte. */
const SHIPMENTS_AT_ONCE = 4;
const UPLOADS_AT_ONCE = 1;

/** The client as all journals of a process use it: a few at a time, and an outage is told once. */
export function shareClient(
  client: ShipmentClient,
  { tally, log }: { readonly tally: ShippingTally; readonly log: Logger },
): ShipmentClient {
  const shipments = createJoinGate(SHIPMENTS_AT_ONCE);
  const uploads = createJoinGate(UPLOADS_AT_ONCE);
  let isAway = false;

  const ask = async <T>(
    gate: typeof shipments,
    signal: AbortSignal,
    question: () => Promise<T>,
  ): Promise<T> => {
    const leave = await gate.enter(signal);
    try {
      const answer = await question();
      if (isAway) log.info('the server takes journals again');
      isAway = false;
      return answer;
    } catch (error) {
      if (signal.aborted) throw error;
      tally.failures++;
      // What one journal did wrong says nothing of the server.
      if (error instanceof InternalApiError && error.code === 'faulty') throw error;
      if (!isAway) log.warn({ err: error }, 'the server takes no journals; they wait on disk, calls go on');
      isAway = true;
      throw error;
    } finally {
      leave();
    }
  };

  return {
    ship: (shipment, signal) => ask(shipments, signal, () => client.ship(shipment, signal)),
    upload: (file, of, signal) => ask(uploads, signal, () => client.upload(file, of, signal)),
  };
}
