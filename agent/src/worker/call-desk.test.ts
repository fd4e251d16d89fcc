import { Job, JobAssignment, Room } from '@livekit/protocol';
import type { ClaimAnswer } from '@parley/contracts/internal-api';
import { describe, expect, it } from 'vitest';
import { createDeferred, type Deferred } from '../runtime/deferred.ts';
import { createVirtualClock } from '../runtime/virtual-clock.ts';
import { type CallDeskOptions, createCallDesk } from './call-desk.ts';
import { createCallScope } from './call-scope.ts';
import { CallStopped, type RunCall } from './contract.ts';
import { createJoinGate } from './join-gate.ts';
import { createSlots } from './slots.ts';
import { silentLog } from './testing/silent-log.ts';

/** A call that runs until the test ends it. */
interface RunningCall {
  readonly call: Parameters<RunCall>[0];
  readonly options: Parameters<RunCall>[1];
  readonly end: Deferred<void>;
}

function openDesk(change: Partial<CallDeskOptions> = {}) {
  const clock = createVirtualClock();
  const slots = createSlots(2);
  const running: RunningCall[] = [];
  const seen: string[] = [];
  const desk = createCallDesk({
    slots,
    joinGate: createJoinGate(4),
    claimSeat: async () => ({ kind: 'granted' }),
    runCall: (call, options) => {
      const end = createDeferred<void>();
      options.signal.addEventListener('abort', () => end.resolve(), { once: true });
      running.push({ call, options, end });
      return end.promise;
    },
    rooms: { hasDispatch: async () => true },
    agents: () => [],
    defaultAgent: () => 'receptionist',
    livekitUrl: 'ws://sfu',
    scope: createCallScope(),
    onCallStarted: ({ jobId }) => seen.push(`started ${jobId}`),
    onCallEnded: ({ jobId }, outcome) => seen.push(`${outcome} ${jobId}`),
    onChanged: () => {},
    clock,
    log: silentLog,
    ...change,
  });
  const tell = (jobId: string, update: { kind: string; error?: string }) =>
    seen.push([jobId, update.kind, update.error].filter(Boolean).join(' '));
  const assign = async (job: Job) => {
    desk.assign(new JobAssignment({ job, token: 'token' }), tell);
    await clock.advance(0);
  };
  const take = async (job: Job) => {
    const answer = desk.offer(job);
    if (answer.kind === 'accepted') await assign(job);
    return answer.kind;
  };
  return { desk, clock, slots, running, seen, assign, take };
}

const job = (id: string, room = id, metadata: object = {}) =>
  new Job({
    id: `AJ_${id}`,
    dispatchId: `AD_${id}`,
    room: new Room({ sid: `RM_${room}`, name: `call-${room}` }),
    metadata: JSON.stringify(metadata),
  });

describe('the desk', () => {
  it('runs an assigned job as a call and tells LiveKit how it stands', async () => {
    const { take, running, seen, slots } = openDesk();
    expect(await take(job('1', '1', { generation: 2 }))).toBe('accepted');
    expect(running[0]?.call).toMatchObject({
      jobId: 'AJ_1',
      callId: 'RM_1',
      roomName: 'call-1',
      url: 'ws://sfu',
      token: 'token',
      metadata: { generation: 2 },
    });
    running[0]?.end.resolve();
    await running[0]?.end.promise;
    await Promise.resolve();
    await Promise.resolve();
    expect(seen).toEqual(['started AJ_1', 'AJ_1 running', 'AJ_1 succeeded', 'ended AJ_1']);
    expect(slots.used).toBe(0);
  });

  it('holds a slot from its yes on, and refuses without one', async () => {
    const { desk, slots } = openDesk();
    expect(['1', '2', '3'].map((id) => desk.offer(job(id)).kind)).toEqual([
      'accepted',
      'accepted',
      'refused',
    ]);
    expect(slots.isFull).toBe(true);
  });

  it('frees a slot whose job is not assigned within 7.5 s; assigned later it runs if there is room', async () => {
    const { desk, clock, slots, assign, running, seen } = openDesk();
    for (const id of ['1', '2']) desk.offer(job(id));
    await clock.advance(7_499);
    expect(slots.used).toBe(2);
    await clock.advance(1);
    expect(slots.used).toBe(0);
    for (const id of ['1', '3', '2']) await assign(job(id));
    expect(running).toHaveLength(2);
    expect(seen.at(-1)).toBe('AJ_2 failed the worker has no free slot');
  });

  it('ends a job with faulty metadata with its fault', async () => {
    const { take, seen, running, slots } = openDesk();
    expect(await take(job('1', '1', { generation: -1 }))).toBe('accepted');
    expect(seen).toHaveLength(1);
    expect(seen[0]).toMatch(/^AJ_1 failed .*generation/);
    expect([running.length, slots.used]).toEqual([0, 0]);
  });

  it('ends a job without joining when another sits in its seat', async () => {
    const { take, seen, running, slots } = openDesk({
      claimSeat: async (): Promise<ClaimAnswer> => ({ kind: 'refused', heldGeneration: 4 }),
    });
    await take(job('1'));
    expect(seen).toEqual(['started AJ_1', 'AJ_1 failed generation 4 holds the seat', 'refused AJ_1']);
    expect([running.length, slots.used]).toEqual([0, 0]);
  });

  it('ends a job whose claim nobody could decide', async () => {
    const { take, seen } = openDesk({
      claimSeat: () => Promise.reject(new Error('the room cannot be asked')),
    });
    await take(job('1'));
    expect(seen).toEqual(['started AJ_1', 'AJ_1 failed the room cannot be asked', 'failed AJ_1']);
  });

  it('lets one call fail and leaves the others unharmed', async () => {
    const { take, running, seen, clock, slots } = openDesk();
    await take(job('1'));
    await take(job('2'));
    running[0]?.end.reject(new Error('a bug'));
    await clock.advance(0);
    expect(seen.slice(-2)).toEqual(['AJ_1 failed a bug', 'failed AJ_1']);
    expect(running[1]?.options.signal.aborted).toBe(false);
    expect(slots.used).toBe(1);
  });

  it('gives a seat of its own to the later generation, and to no equal one', async () => {
    const { take, running, seen } = openDesk();
    await take(job('1', 'x', { generation: 1 }));
    await take(job('2', 'x', { generation: 1 }));
    expect(seen).toContain('AJ_2 failed generation 1 holds the seat');
    await take(job('3', 'x', { generation: 2 }));
    expect(running[0]?.options.signal.reason).toEqual(new CallStopped('superseded'));
    expect(running.map(({ call }) => call.jobId)).toEqual(['AJ_1', 'AJ_3']);
  });

  it('stops a call whose dispatch was deleted, and not one that LiveKit only mistakes for gone', async () => {
    const standing = new Set(['AD_1']);
    const { take, desk, clock, running } = openDesk({
      rooms: { hasDispatch: async (_room, dispatchId) => standing.has(dispatchId) },
    });
    await take(job('1'));
    desk.terminate('AJ_1');
    desk.terminate('AJ_unknown');
    await clock.advance(0);
    expect(running[0]?.options.signal.aborted).toBe(false);
    standing.clear();
    desk.terminate('AJ_1');
    await clock.advance(0);
    expect(running[0]?.options.signal.reason).toEqual(new CallStopped('terminated_by_server'));
  });

  it('lets a call go on when the termination cannot be checked', async () => {
    const { take, desk, clock, running } = openDesk({
      rooms: { hasDispatch: () => Promise.reject(new Error('away')) },
    });
    await take(job('1'));
    desk.terminate('AJ_1');
    await clock.advance(0);
    expect(running[0]?.options.signal.aborted).toBe(false);
  });

  it('reports a lost call as lost at once, and once', async () => {
    const { take, desk, clock, seen, slots } = openDesk();
    await take(job('1'));
    desk.lose('AJ_1', new Error('thrown'));
    desk.lose('AJ_1', new Error('thrown'));
    await clock.advance(0);
    expect(seen.filter((line) => /^(lost|ended|failed) /.test(line))).toEqual(['lost AJ_1']);
    expect(slots.used).toBe(0);
  });

  it('gives places at the gate back with the call that forgot to', async () => {
    const { take, running, clock } = openDesk({ joinGate: createJoinGate(1) });
    await take(job('1'));
    await take(job('2'));
    await running[0]?.options.acquireJoin();
    let isIn = false;
    const second = running[1]?.options.acquireJoin().then(() => (isIn = true));
    await clock.advance(0);
    expect(isIn).toBe(false);
    running[0]?.end.resolve();
    await second;
    expect(isIn).toBe(true);
  });

  it('drains: what it has goes on, an accepted job is kept, a new one refused', async () => {
    const { take, desk, assign, running, clock } = openDesk();
    await take(job('1'));
    desk.offer(job('2'));
    let isDrained = false;
    const drained = desk.drain().then(() => (isDrained = true));
    expect(desk.offer(job('3')).kind).toBe('refused');
    await assign(job('2'));
    expect(running).toHaveLength(2);
    running[0]?.end.resolve();
    await clock.advance(0);
    expect(isDrained).toBe(false);
    running[1]?.end.resolve();
    await drained;
  });

  it('stops: every call is told, nothing more begins', async () => {
    const { take, desk, running, seen, assign, slots } = openDesk();
    await take(job('1'));
    desk.offer(job('2'));
    await desk.stop();
    expect(running[0]?.options.signal.reason).toEqual(new CallStopped('worker_stopping'));
    await assign(job('2'));
    expect(seen.at(-1)).toBe('AJ_2 failed the worker has no free slot');
    expect([running.length, slots.used]).toEqual([1, 0]);
  });

  it('ends a claim under way when it is stopped', async () => {
    const { take, desk, seen } = openDesk({
      claimSeat: (_job, signal) =>
        new Promise((_, reject) =>
          signal.addEventListener('abort', () => reject(signal.reason), { once: true }),
        ),
    });
    await take(job('1'));
    await desk.stop();
    expect(seen.at(-1)).toBe('ended AJ_1');
  });
});
