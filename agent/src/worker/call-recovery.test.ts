import { parseJobMetadata } from '@parley/contracts/dispatch';
import { callIdSchema, participantIdSchema } from '@parley/contracts/ids';
import { describe, expect, it } from 'vitest';
import { createVirtualClock } from '../runtime/virtual-clock.ts';
import { createCallRecovery, decideRecovery } from './call-recovery.ts';
import type { SupervisedCall } from './process-messages.ts';
import type { RoomPeople } from './room-service.ts';
import { silentLog } from './testing/silent-log.ts';

const callId = callIdSchema.parse('RM_1');
const identity = participantIdSchema.parse('agent-RM_1');
const call = (generation = 1): SupervisedCall => ({
  jobId: 'AJ_1',
  callId,
  roomName: 'call-1',
  identity,
  metadata: parseJobMetadata(JSON.stringify({ generation, agent: 'receptionist' })),
});
const people = (change: Partial<RoomPeople> = {}): RoomPeople => ({
  callId,
  humans: 1,
  agents: new Map([[identity, 1]]),
  ...change,
});

function recovering(change: { people?: () => Promise<RoomPeople | null>; isTaken?: () => boolean } = {}) {
  const clock = createVirtualClock();
  const seen: string[] = [];
  const recovery = createCallRecovery({
    rooms: {
      people: change.people ?? (async () => people()),
      dispatch: async (roomName, { generation, agent, resumes }) => {
        expect(resumes).toBe(true);
        seen.push(`dispatch ${roomName} ${agent} ${generation} at ${clock.nowMs()}`);
      },
      deleteRoom: async (roomName) => void seen.push(`delete ${roomName}`),
    },
    workerReady: async () => {},
    isHeldHere: change.isTaken ?? (() => true),
    clock,
    random: () => 0,
    log: silentLog,
  });
  return { recovery, clock, seen };
}

describe('a call that lost its process', () => {
  it('is given to the next generation only where there is someone to talk to, and nobody was quicker', () => {
    expect(decideRecovery(call(), 2, people())).toEqual({ kind: 'dispatch' });
    expect(decideRecovery(call(), 2, null)).toEqual({ kind: 'over', reason: 'room_gone' });
    expect(decideRecovery(call(), 2, people({ callId: callIdSchema.parse('RM_2') }))).toMatchObject({
      kind: 'over',
    });
    expect(decideRecovery(call(), 2, people({ humans: 0 }))).toEqual({ kind: 'over', reason: 'no_human' });
    expect(decideRecovery(call(), 2, people({ agents: new Map([[identity, 2]]) }))).toEqual({ kind: 'held' });
    expect(decideRecovery(call(), 2, people({ agents: new Map([['agent-RM_1-notes', 5]]) })).kind).toBe(
      'dispatch',
    );
  });

  it('is dispatched at once, with the metadata it had', async () => {
    const { recovery, clock, seen } = recovering();
    const done = recovery.recover(call(3));
    await clock.advance(3_000);
    await done;
    expect(seen).toEqual(['dispatch call-1 receptionist 4 at 0']);
  });

  it('is dispatched again when nobody takes it, and given up with its room after the third', async () => {
    const { recovery, clock, seen } = recovering({ isTaken: () => false });
    const done = recovery.recover(call());
    await clock.advance(6_000);
    await done;
    expect(seen).toEqual([
      'dispatch call-1 receptionist 2 at 0',
      'dispatch call-1 receptionist 3 at 3000',
      'delete call-1',
    ]);
  });

  it('is given up with its room when it loses three processes within a minute, not when in more', async () => {
    const quick = recovering();
    for (const generation of [1, 2, 3]) {
      void quick.recovery.recover(call(generation));
      await quick.clock.advance(5_000);
    }
    expect(quick.seen.at(-1)).toBe('delete call-1');

    const slow = recovering();
    for (const generation of [1, 2, 3, 4, 5]) {
      void slow.recovery.recover(call(generation));
      await slow.clock.advance(31_000);
    }
    expect(slow.seen).toHaveLength(5);
  });

  it('is left to the later of two recoveries when it dies again at once', async () => {
    const { recovery, clock, seen } = recovering({ isTaken: () => false, people: async () => people() });
    const first = recovery.recover(call(1));
    await clock.advance(500);
    const second = recovery.recover(call(2));
    await clock.advance(2_600);
    await first;
    expect(seen).toEqual(['dispatch call-1 receptionist 2 at 0', 'dispatch call-1 receptionist 3 at 500']);
    await clock.advance(3_000);
    await second;
  });

  it('is looked after for 10 s when the server is away, then let go', async () => {
    let tries = 0;
    const away = recovering({
      people: async () => {
        tries++;
        throw new Error('away');
      },
    });
    const done = away.recovery.recover(call());
    await away.clock.advance(13_000);
    await done;
    expect(tries).toBeGreaterThan(5);
    expect(away.seen).toEqual([]);

    let isBack = false;
    const back = recovering({
      people: async () => {
        if (!isBack) throw new Error('away');
        return people();
      },
    });
    const saved = back.recovery.recover(call());
    await back.clock.advance(2_000);
    isBack = true;
    await back.clock.advance(6_000);
    await saved;
    expect(back.seen).toHaveLength(1);
  });
});
