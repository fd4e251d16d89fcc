import { callIdSchema, MAIN_SEAT, seatSchema } from '@parley/contracts/ids';
import { describe, expect, it } from 'vitest';
import { createClaims } from './claims.ts';

const callId = callIdSchema.parse('RM_1');
const claim = (generation: number, workerId = 'one', seat = MAIN_SEAT) => ({
  callId,
  seat,
  generation,
  workerId,
});

describe('claims', () => {
  it('have one winner, who wins again', () => {
    const claims = createClaims();
    expect(claims.claim(claim(1))).toEqual({ kind: 'granted' });
    expect(claims.claim(claim(1, 'two'))).toEqual({ kind: 'refused', heldGeneration: 1 });
    expect(claims.claim(claim(1))).toEqual({ kind: 'granted' });
  });

  it('let a higher generation take the seat, and no lower one ever again', () => {
    const claims = createClaims();
    claims.claim(claim(1));
    expect(claims.claim(claim(3, 'two'))).toEqual({ kind: 'granted' });
    expect(claims.claim(claim(2))).toEqual({ kind: 'refused', heldGeneration: 3 });
    expect(claims.claim(claim(1))).toEqual({ kind: 'refused', heldGeneration: 3 });
    expect(claims.generation(callId)).toBe(3);
  });

  it('know every seat and every call for itself', () => {
    const claims = createClaims();
    claims.claim(claim(2));
    expect(claims.claim(claim(1, 'two', seatSchema.parse('consult')))).toEqual({ kind: 'granted' });
    expect(claims.claim({ ...claim(1, 'two'), callId: callIdSchema.parse('RM_2') })).toEqual({
      kind: 'granted',
    });
  });

  it('hold for an agent that was seen, and end with the call', () => {
    const claims = createClaims();
    claims.seen(callId, 2);
    expect(claims.claim(claim(2))).toEqual({ kind: 'refused', heldGeneration: 2 });
    claims.seen(callId, 1);
    expect(claims.generation(callId)).toBe(2);
    claims.forget(callId);
    expect(claims.claim(claim(1))).toEqual({ kind: 'granted' });
  });
});
