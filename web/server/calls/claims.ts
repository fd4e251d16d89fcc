import { type CallId, MAIN_SEAT, type Seat } from '@parley/contracts/ids';
import type { ClaimAnswer, ClaimRequest } from '@parley/contracts/internal-api';
import type { Logger } from 'pino';
import { type Clock, settlesWithin } from '../runtime/clock.ts';

/** Far more than one server carries at once; the oldest is forgotten first, when its call is long over. */
const MAX_CLAIMS = 20_000;
/** How long the database is waited for, in ms: the agent that asks waits for 2 s, with its caller. */
const STORE_WAIT_MS = 1_000;

/**
 * Who sits where: the truth about generations. One winner a (callId, seat, generation), among all servers of one
 * database; while that is away, among the workers of this server.
 */
export interface Claims {
  /** Refuses where an equal or higher generation holds the seat; a winner that asks again wins again. */
  claim(request: ClaimRequest): Promise<ClaimAnswer>;
  /** The generation that holds the main seat of a call, as far as is known here; 0 where none does. */
  generation(callId: CallId): number;
  /** An agent of this generation was seen in the main seat: the claim that let it in is from before this server's start. */
  seen(callId: CallId, generation: number): void;
  /** The call is over. */
  forget(callId: CallId): void;
  /** The database is there again: what was granted without it is brought into it. */
  bringHome(): Promise<void>;
}

/** Null where the holder is known by sight only. */
type Taker = { readonly generation: number; readonly workerId: string | null };

/**
 * The seats of every server: gives one to a generation where a lower one or nobody holds it, and resolves with who has
 * it now.
 */
export type TakeSeat = (claim: Taker & { readonly callId: CallId; readonly seat: Seat }) => Promise<Taker>;

export function createClaims(deps: {
  readonly takeSeat: TakeSeat;
  readonly clock: Clock;
  readonly log: Logger;
}): Claims {
  const held = new Map<CallId, Map<Seat, Taker>>();
  /** Granted while the database was away. */
  const unstored = new Map<string, ClaimRequest>();

  const know = (callId: CallId, at: Seat, holder: Taker) => {
    const seats = held.get(callId) ?? new Map<Seat, Taker>();
    seats.set(at, holder);
    held.delete(callId);
    held.set(callId, seats);
    const [oldest] = held.keys();
    if (held.size > MAX_CLAIMS && oldest !== undefined) held.delete(oldest);
  };
  const holderOf = ({ callId, seat }: ClaimRequest) => held.get(callId)?.get(seat) ?? null;

  /** Null: the database does not answer. */
  const ask = async (request: ClaimRequest): Promise<Taker | null> => {
    const asked = deps.takeSeat(request);
    try {
      return (await settlesWithin(deps.clock, asked, STORE_WAIT_MS)) ? await asked : null;
    } catch (error) {
      deps.log.warn({ err: error, callId: request.callId }, 'a claim is decided without the database');
      return null;
    }
  };

  return {
    async claim(request) {
      const { callId, seat, generation, workerId } = request;
      const known = answerTo(request, holderOf(request));
      if (known.kind === 'refused') return known;
      const stored = await ask(request);
      if (stored !== null) {
        know(callId, seat, stored);
        return answerTo(request, stored);
      }
      // Others may have asked meanwhile.
      const answer = answerTo(request, holderOf(request));
      if (answer.kind === 'granted') {
        know(callId, seat, { generation, workerId });
        unstored.set(`${callId} ${seat}`, request);
      }
      return answer;
    },
    seen(callId, generation) {
      const known = held.get(callId)?.get(MAIN_SEAT)?.generation ?? 0;
      if (generation > known) know(callId, MAIN_SEAT, { generation, workerId: null });
    },
    generation: (callId) => held.get(callId)?.get(MAIN_SEAT)?.generation ?? 0,
    forget: (callId) => void held.delete(callId),
    async bringHome() {
      for (const [key, request] of unstored) {
        await deps.takeSeat(request);
        if (unstored.get(key) === request) unstored.delete(key);
      }
    },
  };
}

function answerTo({ generation, workerId }: ClaimRequest, holder: Taker | null): ClaimAnswer {
  const isWinner = holder?.generation === generation && holder.workerId === workerId;
  if (holder === null || holder.generation < generation || isWinner) return { kind: 'granted' };
  return { kind: 'refused', heldGeneration: holder.generation };
}
