import { jobMetadataSchema } from '@parley/contracts/dispatch';
import { type CallId, callIdSchema, MAIN_SEAT } from '@parley/contracts/ids';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { SfuError } from '../livekit/sfu.ts';
import { createVirtualClock } from '../runtime/testing/virtual-clock.ts';
import { createSimulatedSfu, workerReport } from '../testing/test-app.ts';
import { createWorkerRegistry } from '../workers/worker-registry.ts';
import { startCallWatcher } from './call-watcher.ts';
import { createClaims } from './claims.ts';
import { createNoticeBoard } from './notice-board.ts';

const human = (sid = 'PA_human') => ({ sid, role: 'human', generation: 1 }) as const;
const agent = (generation: number) => ({ sid: `PA_agent${generation}`, role: 'agent', generation }) as const;
const claim = (callId: CallId, generation: number) => ({
  callId,
  seat: MAIN_SEAT,
  generation,
  workerId: 'w',
});

function memoryClaims() {
  const takeSeat = async (): Promise<never> => {
    throw new Error('there is no database');
  };
  return createClaims({ takeSeat, clock: createVirtualClock(), log: pino({ level: 'silent' }) });
}

function setUp() {
  const clock = createVirtualClock();
  const sfu = createSimulatedSfu();
  const claims = memoryClaims();
  const workers = createWorkerRegistry({ clock });
  const notices = createNoticeBoard({ clock });
  const log = pino({ level: 'silent' });
  const watcher = startCallWatcher({ sfu, claims, workers, notices, clock, log });
  const open = async (agentName: string | null = null) => {
    const roomName = `call-${sfu.created.length + 1}`;
    const job = jobMetadataSchema.parse(agentName === null ? {} : { agent: agentName });
    const callId = await sfu.createRoom(roomName, job);
    watcher.opened({ callId, roomName, agent: agentName, ownerKeyId: null });
    return { callId, roomName };
  };
  const put = (callId: CallId, people: Parameters<typeof sfu.present.set>[1]['people']) => {
    const room = sfu.present.get(callId);
    if (room !== undefined) room.people = people;
  };
  return { clock, sfu, claims, workers, notices, watcher, open, put };
}

describe('the watcher of calls', () => {
  it('dispatches again with what was asked for, and tells the page', async () => {
    const { clock, sfu, notices, open, workers } = setUp();
    const { callId, roomName } = await open('receptionist');
    await clock.advance(3_000);
    expect(sfu.dispatched).toMatchObject([{ roomName, job: { agent: 'receptionist', generation: 2 } }]);
    workers.report(workerReport({ agents: [] }));
    await clock.advance(5_000);
    expect(sfu.noticed).toMatchObject([{ roomName, notice: { cause: 'definition_fault' } }]);
    expect(notices.read()).toMatchObject([{ callId, cause: 'definition_fault' }]);
  });

  it('dispatches above what somebody else has dispatched', async () => {
    const { clock, sfu, open } = setUp();
    const { roomName } = await open();
    await sfu.dispatch(roomName, jobMetadataSchema.parse({ generation: 4 }));
    await clock.advance(3_000);
    expect(sfu.dispatched.at(-1)?.job.generation).toBe(5);
  });

  it('sees an agent and people that no webhook told of', async () => {
    const { clock, sfu, open, put } = setUp();
    const { callId } = await open();
    put(callId, [agent(1), human()]);
    await clock.advance(30_000);
    expect(sfu.dispatched).toEqual([]);
    put(callId, [human()]);
    await clock.advance(10_000 + 3_000);
    expect(sfu.dispatched).toMatchObject([{ job: { generation: 2 } }]);
  });

  it('dispatches at once by a webhook, where a human joins a room whose agent left', async () => {
    const { clock, sfu, open, put, watcher } = setUp();
    const { callId, roomName } = await open();
    put(callId, [agent(1)]);
    await clock.advance(15_000);
    put(callId, []);
    watcher.roomNews({ type: 'personLeft', callId, roomName, sid: 'PA_agent1' });
    await clock.advance(3_000);
    expect(sfu.dispatched).toEqual([]);
    put(callId, [human()]);
    watcher.roomNews({ type: 'personJoined', callId, roomName, person: human() });
    await clock.advance(0);
    expect(sfu.dispatched).toHaveLength(1);
  });

  it('watches a room that a token made anew, and no room of strangers', async () => {
    const { clock, sfu, watcher } = setUp();
    const callId = callIdSchema.parse('RM_anew');
    sfu.present.set(callId, { roomName: 'call-anew', people: [human()] });
    watcher.roomNews({ type: 'roomStarted', callId, roomName: 'call-anew' });
    const strange = callIdSchema.parse('RM_strange');
    sfu.present.set(strange, { roomName: 'standup', people: [human()] });
    watcher.roomNews({ type: 'personJoined', callId: strange, roomName: 'standup', person: human() });
    await clock.advance(10_000);
    expect(sfu.dispatched.map(({ roomName }) => roomName)).toEqual(['call-anew']);
    expect(sfu.noticed.map(({ roomName }) => roomName)).toEqual(['call-anew']);
  });

  it('finds calls that are older than the server, and believes what it sees of generations', async () => {
    const clock = createVirtualClock();
    const sfu = createSimulatedSfu();
    const claims = memoryClaims();
    const callId = await sfu.createRoom('call-old', jobMetadataSchema.parse({}));
    const room = sfu.present.get(callId);
    if (room !== undefined) room.people = [agent(3), human()];
    const log = pino({ level: 'silent' });
    const deps = {
      sfu,
      claims,
      workers: createWorkerRegistry({ clock }),
      notices: createNoticeBoard({ clock }),
      clock,
      log,
    };
    const watcher = startCallWatcher(deps);
    await clock.advance(100);
    expect(await claims.claim(claim(callId, 2))).toEqual({ kind: 'refused', heldGeneration: 3 });
    watcher.roomNews({ type: 'personLeft', callId, roomName: 'call-old', sid: 'PA_agent3' });
    if (room !== undefined) room.people = [human()];
    await clock.advance(3_000);
    expect(sfu.dispatched.at(-1)?.job.generation).toBe(4);
  });

  it('leaves an old room alone that has neither agent nor caller', async () => {
    const clock = createVirtualClock();
    const sfu = createSimulatedSfu();
    await sfu.createRoom('call-old', jobMetadataSchema.parse({}));
    const workers = createWorkerRegistry({ clock });
    startCallWatcher({
      sfu,
      claims: memoryClaims(),
      workers,
      notices: createNoticeBoard({ clock }),
      clock,
      log: pino({ level: 'silent' }),
    });
    await clock.advance(30_000);
    expect(sfu.dispatched).toEqual([]);
    expect(sfu.noticed).toEqual([]);
  });

  it('forgets a call that ended, and takes no late news of it for a new one', async () => {
    const { clock, sfu, claims, open, watcher } = setUp();
    const { callId, roomName } = await open();
    await claims.claim(claim(callId, 1));
    sfu.present.delete(callId);
    watcher.roomNews({ type: 'roomFinished', callId, roomName });
    watcher.roomNews({ type: 'personJoined', callId, roomName, person: human() });
    await clock.advance(30_000);
    expect(sfu.dispatched).toEqual([]);
    expect(claims.generation(callId)).toBe(0);
  });

  it('forgets a call whose room is gone without a word', async () => {
    const { clock, sfu, open } = setUp();
    const { callId } = await open();
    await clock.advance(1_000);
    sfu.present.delete(callId);
    await clock.advance(30_000);
    expect(sfu.dispatched).toEqual([]);
  });

  it('replaces an agent whose worker fell silent, where another is heard all the time', async () => {
    const { clock, sfu, watcher, workers, open, put } = setUp();
    const report = (workerId: string) => workers.report(workerReport({ workerId }));
    const talk = async (until: number, ...workerIds: string[]) => {
      for (; clock.nowMs() < until; await clock.advance(2_000)) workerIds.forEach(report);
    };
    const { callId } = await open();
    watcher.claimGranted({ ...claim(callId, 1), workerId: 'worker-a' });
    put(callId, [agent(1), human()]);
    await talk(20_000, 'worker-a', 'worker-b');
    expect(sfu.dispatched).toEqual([]);
    await talk(28_000, 'worker-b');
    expect(sfu.dispatched).toMatchObject([{ job: { generation: 2, resumes: true } }]);
    watcher.claimGranted({ ...claim(callId, 2), workerId: 'worker-b' });
    put(callId, [agent(2), human()]);
    await talk(60_000, 'worker-b');
    expect(sfu.dispatched).toHaveLength(1);
  });

  it('takes nobody for lost where it stood still itself', async () => {
    const { clock, sfu, watcher, workers, open, put } = setUp();
    const { callId } = await open();
    watcher.claimGranted({ ...claim(callId, 1), workerId: 'worker-a' });
    put(callId, [agent(1), human()]);
    for (let round = 0; round < 6; round++, await clock.advance(2_000))
      for (const workerId of ['worker-a', 'worker-b']) workers.report(workerReport({ workerId }));
    await clock.advance(20_000);
    workers.report(workerReport({ workerId: 'worker-b' }));
    await clock.advance(1_900);
    workers.report(workerReport({ workerId: 'worker-a' }));
    await clock.advance(20_000);
    expect(sfu.dispatched).toEqual([]);
  });

  it('goes on when livekit-server was away for a while', async () => {
    const { clock, sfu, open, put, watcher } = setUp();
    const { callId, roomName } = await open();
    put(callId, [agent(1), human()]);
    await clock.advance(2_000);
    const { rooms } = sfu;
    sfu.rooms = async () => {
      throw new SfuError('unreachable', 'away', undefined);
    };
    await clock.advance(60_000);
    sfu.rooms = rooms;
    put(callId, [human()]);
    watcher.roomNews({ type: 'personLeft', callId, roomName, sid: 'PA_agent1' });
    await clock.advance(3_000);
    expect(sfu.dispatched).toHaveLength(1);
  });

  it('asks for nothing any more once it is closed', async () => {
    const { clock, sfu, open, watcher } = setUp();
    await open();
    await watcher.close();
    await watcher.close();
    await clock.advance(60_000);
    expect(sfu.dispatched).toEqual([]);
  });

  it('asks little of livekit-server while all is well', async () => {
    const { clock, sfu, open, put } = setUp();
    const { callId } = await open();
    put(callId, [agent(1), human()]);
    await clock.advance(5_000);
    let asked = 0;
    const { rooms, people } = sfu;
    sfu.rooms = () => {
      asked++;
      return rooms();
    };
    sfu.people = (...room) => {
      asked++;
      return people(...room);
    };
    await clock.advance(60_000);
    expect(asked).toBeLessThanOrEqual(20);
  });
});
