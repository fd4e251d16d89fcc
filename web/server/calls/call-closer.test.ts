import { type CallId, callIdSchema } from '@parley/contracts/ids';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { DatabaseError } from '../database/database-error.ts';
import { SfuError } from '../livekit/sfu.ts';
import { createVirtualClock } from '../runtime/testing/virtual-clock.ts';
import { startCallCloser } from './call-closer.ts';
import type { RunningCall } from './call-rows.ts';

const callId = callIdSchema.parse('RM_1');
const EPOCH_MS = 1_795_000_000_000;
const TALKING = { isAnswered: true, isCallerSeen: true, hadAgent: true };

function setUp(facts: Omit<RunningCall, 'callId'> = TALKING) {
  const clock = createVirtualClock();
  const ended: { readonly callId: CallId; readonly atMs: number; readonly reason: string }[] = [];
  const world = {
    clock,
    ended,
    running: [{ callId, ...facts }] as RunningCall[],
    rooms: async (): Promise<readonly { readonly callId: CallId; readonly roomName: string }[]> => [
      { callId, roomName: 'call-1' },
    ],
    runningCalls: async (): Promise<readonly RunningCall[]> => world.running,
    closer: startCallCloser({
      runningCalls: () => world.runningCalls(),
      recorder: {
        async end(of, { atMs, reason }) {
          world.running = world.running.filter((call) => call.callId !== of);
          ended.push({ callId: of, atMs: atMs - EPOCH_MS, reason });
        },
      },
      sfu: { rooms: () => world.rooms() },
      clock,
      nowEpochMs: () => EPOCH_MS + clock.nowMs(),
      log: pino({ level: 'silent' }),
    }),
  };
  return world;
}

describe('a call whose room is gone', () => {
  it.each([
    [TALKING, 'agent_lost'],
    [{ isAnswered: false, isCallerSeen: false, hadAgent: true }, 'no_caller'],
    [{ isAnswered: false, isCallerSeen: true, hadAgent: false }, 'agent_failed'],
    [{ isAnswered: false, isCallerSeen: true, hadAgent: true }, 'agent_lost'],
  ] as const)('is ended within 10 s where nobody tells its end: %j is %s', async (facts, reason) => {
    const world = setUp(facts);
    await world.clock.advance(30_000);
    expect(world.ended).toEqual([]);
    world.rooms = async () => [];
    await world.clock.advance(10_000);
    expect(world.ended).toMatchObject([{ callId, reason }]);
    expect(world.ended[0]?.atMs).toBeLessThanOrEqual(32_000);
  });

  it('is left to its agent, which tells the end itself', async () => {
    const world = setUp();
    await world.clock.advance(1_000);
    world.rooms = async () => [];
    await world.clock.advance(3_000);
    world.running = [];
    await world.clock.advance(30_000);
    expect(world.ended).toEqual([]);
  });

  it('is not taken for gone while livekit-server or the database does not answer', async () => {
    const world = setUp();
    const away = async () => {
      throw new SfuError('unreachable', 'away', undefined);
    };
    world.rooms = away;
    await world.clock.advance(60_000);
    world.rooms = async () => [];
    await world.clock.advance(3_000);
    world.runningCalls = async () => {
      throw new DatabaseError('unreachable', 'away');
    };
    await world.clock.advance(60_000);
    expect(world.ended).toEqual([]);
  });

  it('that was missed for a moment goes on', async () => {
    const world = setUp();
    const there = world.rooms;
    world.rooms = async () => [];
    await world.clock.advance(3_000);
    world.rooms = there;
    await world.clock.advance(2_000);
    world.rooms = async () => [];
    await world.clock.advance(3_000);
    expect(world.ended).toEqual([]);
  });

  it('is not looked at any more once the server ends', async () => {
    const world = setUp();
    await world.closer.close();
    world.rooms = async () => [];
    await world.clock.advance(60_000);
    expect(world.ended).toEqual([]);
  });
});
