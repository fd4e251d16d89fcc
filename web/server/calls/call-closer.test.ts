import { type CallId, callIdSchema } from '@parley/contracts/ids';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { DatabaseError } from '../database/database-error.ts';
import { type Sfu, SfuError } from '../livekit/sfu.ts';
import { createVirtualClock } from '../runtime/testing/virtual-clock.ts';
import { startCallCloser } from './call-closer.ts';
import type { RunningCall } from './call-rows.ts';

const callId = callIdSchema.parse('RM_1');
const EPOCH_MS = 1_795_000_000_000;
const TALKING = { isAnswered: true, isCallerSeen: true, hadAgent: true };

/** What a test changes as it goes. */
interface World {
  running: readonly RunningCall[];
  rooms: Sfu['rooms'];
  runningCalls: () => Promise<readonly RunningCall[]>;
}

function setUp(facts: Omit<RunningCall, 'callId'> = TALKING) {
  const clock = createVirtualClock();
  const ended: { readonly callId: CallId; readonly atMs: number; readonly reason: string }[] = [];
  const world: World = {
    running: [{ callId, ...facts }],
    rooms: async () => [{ callId, roomName: 'call-1' }],
    runningCalls: async () => world.running,
  };
  const closer = startCallCloser({
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
  });
  return { clock, ended, world, closer };
}

describe('a call whose room is gone', () => {
  it.each([
    [TALKING, 'agent_lost'],
    [{ isAnswered: false, isCallerSeen: false, hadAgent: true }, 'no_caller'],
    [{ isAnswered: false, isCallerSeen: true, hadAgent: false }, 'agent_failed'],
    [{ isAnswered: false, isCallerSeen: true, hadAgent: true }, 'agent_lost'],
  ] as const)('is ended within 10 s where nobody tells its end: %j is %s', async (facts, reason) => {
    const { clock, ended, world } = setUp(facts);
    await clock.advance(30_000);
    expect(ended).toEqual([]);
    world.rooms = async () => [];
    await clock.advance(10_000);
    expect(ended).toMatchObject([{ callId, reason }]);
    expect(ended[0]?.atMs).toBeLessThanOrEqual(32_000);
  });

  it('is left to its agent, which tells the end itself', async () => {
    const { clock, ended, world } = setUp();
    await clock.advance(1_000);
    world.rooms = async () => [];
    await clock.advance(3_000);
    world.running = [];
    await clock.advance(30_000);
    expect(ended).toEqual([]);
  });

  it('is not taken for gone while livekit-server or the database does not answer', async () => {
    const { clock, ended, world } = setUp();
    const away = async () => {
      throw new SfuError('unreachable', 'away', undefined);
    };
    world.rooms = away;
    await clock.advance(60_000);
    world.rooms = async () => [];
    await clock.advance(3_000);
    world.runningCalls = async () => {
      throw new DatabaseError('unreachable', 'away');
    };
    await clock.advance(60_000);
    expect(ended).toEqual([]);
  });

  it('that was missed for a moment goes on', async () => {
    const { clock, ended, world } = setUp();
    const there = world.rooms;
    world.rooms = async () => [];
    await clock.advance(3_000);
    world.rooms = there;
    await clock.advance(2_000);
    world.rooms = async () => [];
    await clock.advance(3_000);
    expect(ended).toEqual([]);
  });

  it('is not looked at any more once the server ends', async () => {
    const { clock, ended, world, closer } = setUp();
    await closer.close();
    world.rooms = async () => [];
    await clock.advance(60_000);
    expect(ended).toEqual([]);
  });
});
