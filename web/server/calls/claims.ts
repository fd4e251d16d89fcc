import { type CallId, MAIN_SEAT, type Seat } from '@parley/contracts/ids';
import type { ClaimAnswer, ClaimRequest } from '@parley/contracts/internal-api';

/** Far more than one server carries at once; the oldest is forgotten first, when its call is long over. */
const MAX_CLAIMS = 20_000;

/** Who sits where: the truth about generations. One winner a (callId, seat, generation). */
export interface Claims {
  /** Refuses where an equal or higher generation holds the seat; a winner that asks again wins again. */
  claim(request: ClaimRequest): ClaimAnswer;
  /** The generation that holds the main seat of a call; 0 where none does. */
  generation(callId: CallId): number;
  /** An agent of this generation was seen in the main seat: the claim that let it in is from before this server's start. */
  seen(callId: CallId, generation: number): void;
  /** The call is over. */
  forget(callId: CallId): void;
}

interface Holder {
  readonly generation: number;
  /** Null where the holder is known by sight only. */
  readonly workerId: string | null;
}

export function createClaims(): Claims {
  const held = new Map<CallId, Map<Seat, Holder>>();

  const seat = (callId: CallId, at: Seat, holder: Holder) => {
    const seats = held.get(callId) ?? new Map<Seat, Holder>();
    seats.set(at, holder);
    held.delete(callId);
    held.set(callId, seats);
    const [oldest] = held.keys();
    if (held.size > MAX_CLAIMS && oldest !== undefined) held.delete(oldest);
  };

  return {
    claim({ callId, seat: at, generation, workerId }) {
      const holder = held.get(callId)?.get(at);
      const isWinner = holder?.generation === generation && holder.workerId === workerId;
      if (holder !== undefined && holder.generation >= generation && !isWinner) {
        return { kind: 'refused', heldGeneration: holder.generation };
      }
      seat(callId, at, { generation, workerId });
      return { kind: 'granted' };
    },
    seen(callId, generation) {
      const known = held.get(callId)?.get(MAIN_SEAT)?.generation ?? 0;
      if (generation > known) seat(callId, MAIN_SEAT, { generation, workerId: null });
    },
    generation: (callId) => held.get(callId)?.get(MAIN_SEAT)?.generation ?? 0,
    forget: (callId) => void held.delete(callId),
  };
}
