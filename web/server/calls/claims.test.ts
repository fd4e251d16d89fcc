import { callIdSchema, MAIN_SEAT, seatSchema } from '@parley/contracts/ids';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { createVirtualClock } from '../runtime/testing/virtual-clock.ts';
import { createClaims, type TakeSeat } from './claims.ts';

const callId = callIdSchema.parse('RM_1');
const claim = (generation: number, workerId = 'one', seat = MAIN_SEAT) => ({
  callId,
  seat,
  generation,
  workerId,
});
const away: TakeSeat = async () => {
  throw new Error('the database is away');
};

/** The seats of a database that several servers share. */
function sharedSeats(): TakeSeat {
  const seats = new Map<string, Awaited<ReturnType<TakeSeat>>>();
  return async ({ callId: of, seat, generation, workerId }) => {
    const held = seats.get(`${of} ${seat}`);
    const holder = held === undefined || held.generation < generation ? { generation, workerId } : held;
    seats.set(`${of} ${seat}`, holder);
    return holder;
  };
}

function server(takeSeat: TakeSeat) {
  const clock = createVirtualClock();
  return { clock, ...createClaims({ takeSeat, clock, log: pino({ level: 'silent' }) }) };
}

describe.each([
  ['with a database', sharedSeats],
  ['without one', () => away],
])('claims %s', (_how, seats) => {
  it('have one winner, who wins again', async () => {
    const claims = server(seats());
    expect(await claims.claim(claim(1))).toEqual({ kind: 'granted' });
    expect(await claims.claim(claim(1, 'two'))).toEqual({ kind: 'refused', heldGeneration: 1 });
    expect(await claims.claim(claim(1))).toEqual({ kind: 'granted' });
  });

  it('have one winner where many ask at once', async () => {
    const claims = server(seats());
    const answers = await Promise.all(
      ['one', 'two', 'three'].map((worker) => claims.claim(claim(1, worker))),
    );
    expect(answers.filter(({ kind }) => kind === 'granted')).toHaveLength(1);
  });

  it('let a higher generation take the seat, and no lower one ever again', async () => {
    const claims = server(seats());
    await claims.claim(claim(1));
    expect(await claims.claim(claim(3, 'two'))).toEqual({ kind: 'granted' });
    expect(await claims.claim(claim(2))).toEqual({ kind: 'refused', heldGeneration: 3 });
    expect(await claims.claim(claim(1))).toEqual({ kind: 'refused', heldGeneration: 3 });
    expect(claims.generation(callId)).toBe(3);
  });

  it('know every seat and every call for itself', async () => {
    const claims = server(seats());
    await claims.claim(claim(2));
    expect(await claims.claim(claim(1, 'two', seatSchema.parse('consult')))).toEqual({ kind: 'granted' });
    const other = { ...claim(1, 'two'), callId: callIdSchema.parse('RM_2') };
    expect(await claims.claim(other)).toEqual({ kind: 'granted' });
  });

  it('hold for an agent that was seen', async () => {
    const claims = server(seats());
    claims.seen(callId, 2);
    expect(await claims.claim(claim(2))).toEqual({ kind: 'refused', heldGeneration: 2 });
    claims.seen(callId, 1);
    expect(claims.generation(callId)).toBe(2);
  });
});

describe('claims of several servers', () => {
  it('have one winner among them, also after a server forgot or began anew', async () => {
    const seats = sharedSeats();
    const first = server(seats);
    await first.claim(claim(1));
    expect(await server(seats).claim(claim(1, 'two'))).toEqual({ kind: 'refused', heldGeneration: 1 });
    first.forget(callId);
    expect(await first.claim(claim(1, 'two'))).toEqual({ kind: 'refused', heldGeneration: 1 });
    expect(await first.claim(claim(1))).toEqual({ kind: 'granted' });
  });

  it('are decided without the database once it was waited for, and brought into it afterwards', async () => {
    const seats = sharedSeats();
    let isAway = true;
    const claims = server((request) => (isAway ? new Promise(() => {}) : seats(request)));
    const answer = claims.claim(claim(2));
    await claims.clock.advance(1_000);
    expect(await answer).toEqual({ kind: 'granted' });
    isAway = false;
    await claims.bringHome();
    expect(await server(seats).claim(claim(2, 'two'))).toEqual({ kind: 'refused', heldGeneration: 2 });
  });
});
