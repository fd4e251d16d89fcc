import type { ClaimAnswer } from '@parley/contracts/internal-api';
import type { Logger } from 'pino';
import type { InternalClient } from './internal-client.ts';
import type { OfferedJob } from './offered-job.ts';
import type { RoomService } from './room-service.ts';

/** Asks whether this process may sit in a job's seat. Rejects when neither server nor SFU can say. */
export type ClaimSeat = (job: OfferedJob, signal: AbortSignal) => Promise<ClaimAnswer>;

/**
 * The web server decides, as only it can let one of two at the same instant win. Where there is none, or it does
 * not answer, the room is asked who sits there: an equal or higher generation keeps the seat.
 */
export function createSeatClaim(deps: {
  readonly server: Pick<InternalClient, 'claim'> | null;
  readonly rooms: Pick<RoomService, 'seatGeneration'>;
  readonly workerId: string;
  readonly log: Logger;
}): ClaimSeat {
  const askRoom = async ({ roomName, identity, metadata }: OfferedJob): Promise<ClaimAnswer> => {
    const heldGeneration = await deps.rooms.seatGeneration(roomName, identity);
    if (heldGeneration === null || heldGeneration < metadata.generation) return { kind: 'granted' };
    return { kind: 'refused', heldGeneration };
  };
  return async (job, signal) => {
    if (deps.server === null) return askRoom(job);
    const { seat, generation } = job.metadata;
    try {
      return await deps.server.claim(
        { callId: job.callId, seat, generation, workerId: deps.workerId },
        signal,
      );
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      deps.log.warn(
        { err: error, callId: job.callId },
        'the server did not answer a claim; the room is asked instead',
      );
      return askRoom(job);
    }
  };
}
