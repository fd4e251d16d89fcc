import { participantIdSchema } from '@parley/contracts/ids';
import { describe, expect, it } from 'vitest';
import { createVirtualClock } from '../runtime/virtual-clock.ts';
import { createDepartures } from './departures.ts';

const ann = participantIdSchema.parse('ann');

function setUp() {
  const clock = createVirtualClock();
  const told: [string, string, number][] = [];
  const departures = createDepartures({
    clock,
    onLeft: (id, reason) => told.push([id, reason, clock.nowMs()]),
  });
  return { clock, told, departures };
}

describe('departures', () => {
  it('believe a goodbye when nobody came back', async () => {
    const { clock, told, departures } = setUp();
    departures.left(ann, 'standard', 'left');
    await clock.advance(5_000);
    departures.joined(ann);
    expect(told).toEqual([['ann', 'left', 1_500]]);
  });

  it('take one who is back at once as lost for a moment', async () => {
    const { clock, told, departures } = setUp();
    departures.left(ann, 'standard', 'left');
    await clock.advance(400);
    departures.joined(ann);
    await clock.advance(5_000);
    expect(told).toEqual([['ann', 'lost', 400]]);
  });

  it('tell at once who was lost, removed or hung up a phone', () => {
    const { told, departures } = setUp();
    departures.left(ann, 'standard', 'lost');
    departures.left(ann, 'connector', 'removed');
    departures.left(ann, 'sip', 'left');
    expect(told.map(([, reason, atMs]) => [reason, atMs])).toEqual([
      ['lost', 0],
      ['removed', 0],
      ['left', 0],
    ]);
  });

  it('tell nothing once closed', async () => {
    const { clock, told, departures } = setUp();
    departures.left(ann, 'standard', 'left');
    departures.close();
    await clock.advance(5_000);
    expect(told).toEqual([]);
  });
});
