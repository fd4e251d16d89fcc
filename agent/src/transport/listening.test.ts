import { type ParticipantId, participantIdSchema } from '@parley/contracts/ids';
import { describe, expect, it } from 'vitest';
import { createVirtualClock } from '../runtime/virtual-clock.ts';
import { createListening } from './listening.ts';

const ann = participantIdSchema.parse('ann');
const bob = participantIdSchema.parse('bob');

function setUp() {
  const clock = createVirtualClock();
  const told: [ParticipantId, number][] = [];
  const listening = createListening({ clock, onListening: (id) => told.push([id, clock.nowMs()]) });
  return { clock, told, listening };
}

describe('listening', () => {
  it('begins for those present when the track is first subscribed', async () => {
    const { clock, told, listening } = setUp();
    listening.joined(ann, 'standard', undefined);
    await clock.advance(500);
    expect(told).toEqual([]);
    listening.trackSubscribed();
    expect(told).toEqual([[ann, 500]]);
  });

  it('begins at once for the one who was told of only after subscribing', () => {
    const { told, listening } = setUp();
    listening.trackSubscribed();
    listening.joined(ann, 'standard', undefined);
    expect(told).toEqual([[ann, 0]]);
  });

  it('begins 250 ms after the join of a later person, and again for one who returns', async () => {
    const { clock, told, listening } = setUp();
    listening.joined(ann, 'standard', undefined);
    listening.trackSubscribed();
    await clock.advance(1_000);
    listening.joined(bob, 'connector', undefined);
    await clock.advance(1_000);
    listening.left(ann);
    listening.joined(ann, 'standard', undefined);
    await clock.advance(1_000);
    expect(told).toEqual([
      [ann, 0],
      [bob, 1_250],
      [ann, 2_250],
    ]);
  });

  it('waits on the phone for the answer and 250 ms more, whichever of answer and track comes first', async () => {
    const { clock, told, listening } = setUp();
    listening.joined(ann, 'sip', 'ringing');
    listening.trackSubscribed();
    await clock.advance(3_000);
    listening.callStatusChanged(ann, 'active');
    listening.callStatusChanged(ann, 'active');
    await clock.advance(1_000);
    expect(told).toEqual([[ann, 3_250]]);

    const second = setUp();
    second.listening.joined(bob, 'sip', 'active');
    await second.clock.advance(100);
    second.listening.trackSubscribed();
    await second.clock.advance(1_000);
    expect(second.told).toEqual([[bob, 350]]);
  });

  it('tells nothing of someone who left meanwhile', async () => {
    const { clock, told, listening } = setUp();
    listening.joined(ann, 'sip', 'active');
    listening.trackSubscribed();
    listening.left(ann);
    await clock.advance(1_000);
    expect(told).toEqual([]);
    expect(clock.pendingTimers).toBe(0);
  });
});
