import { AvailabilityRequest, Job, JobAssignment, JobTermination, ServerMessage } from '@livekit/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createVirtualClock } from '../runtime/virtual-clock.ts';
import { createFakeSfu } from './testing/fake-sfu.ts';
import { silentLog } from './testing/silent-log.ts';
import { openWorkerSocket } from './worker-socket.ts';

async function connect(change: { mintToken?: () => Promise<string> } = {}) {
  const sfu = createFakeSfu();
  const clock = createVirtualClock();
  const seen: string[] = [];
  const status = { isTaking: true, load: 0, jobCount: 0 };
  const socket = openWorkerSocket({
    url: 'ws://sfu',
    agentName: 'parley',
    version: '1',
    mintToken: async () => 'a token',
    openConnection: sfu.open,
    status: () => status,
    onOffer: ({ id }) =>
      id === 'AJ_no'
        ? { kind: 'refused' }
        : { kind: 'accepted', identity: 'agent-1', name: 'A', attributes: { a: 'b' } },
    onAssignment: ({ job }) => seen.push(`assigned ${job?.id}`),
    onTermination: (jobId) => seen.push(`terminated ${jobId}`),
    onRegistrationChanged: () => seen.push(socket.isRegistered ? 'registered' : 'away'),
    clock,
    random: () => 0,
    log: silentLog,
    ...change,
  });
  await clock.advance(0);
  return { sfu, clock, seen, status, socket };
}

describe('a worker at livekit-server', () => {
  it('registers under its name with what its agents need, and says at once how full it is', async () => {
    const { sfu, socket, seen } = await connect();
    expect(sfu.last.token).toBe('a token');
    expect(socket.isRegistered).toBe(false);
    sfu.last.register();
    const [register] = sfu.last.take('register');
    expect(register).toMatchObject({
      agentName: 'parley',
      version: '1',
      allowedPermissions: {
        canPublish: true,
        canSubscribe: true,
        canPublishData: true,
        canUpdateMetadata: true,
      },
    });
    expect(seen).toEqual(['registered']);
    expect(sfu.last.take('updateWorker')).toMatchObject([{ status: 0, load: 0, jobCount: 0 }]);
  });

  it('says how full it is every 2.5 s, and whenever told to', async () => {
    const { sfu, clock, socket, status } = await connect();
    sfu.last.register();
    sfu.last.take('updateWorker');
    Object.assign(status, { isTaking: false, load: 1, jobCount: 20 });
    socket.sendStatus();
    await clock.advance(2_500);
    expect(sfu.last.take('updateWorker')).toMatchObject([
      { status: 1, load: 1, jobCount: 20 },
      { status: 1, load: 1, jobCount: 20 },
    ]);
  });

  it('answers an offer within the same tick', async () => {
    const { sfu } = await connect();
    sfu.last.register();
    for (const id of ['AJ_yes', 'AJ_no']) {
      sfu.last.send({ case: 'availability', value: new AvailabilityRequest({ job: new Job({ id }) }) });
    }
    expect(sfu.last.take('availability')).toMatchObject([
      { jobId: 'AJ_yes', available: true, participantIdentity: 'agent-1', participantAttributes: { a: 'b' } },
      { jobId: 'AJ_no', available: false },
    ]);
  });

  it('passes assignments and terminations on, and tells how jobs stand', async () => {
    const { sfu, seen, socket } = await connect();
    sfu.last.register();
    sfu.last.send({ case: 'assignment', value: new JobAssignment({ job: new Job({ id: 'AJ_1' }) }) });
    sfu.last.send({ case: 'termination', value: new JobTermination({ jobId: 'AJ_1' }) });
    socket.sendJobUpdate('AJ_1', { kind: 'running' });
    socket.sendJobUpdate('AJ_1', { kind: 'failed', error: 'why' });
    expect(seen).toEqual(['registered', 'assigned AJ_1', 'terminated AJ_1']);
    expect(sfu.last.take('updateJob')).toMatchObject([
      { jobId: 'AJ_1', status: 1 },
      { jobId: 'AJ_1', status: 3, error: 'why' },
    ]);
  });

  it('takes a server that answers nothing for gone, but not one that answers anything', async () => {
    const { sfu, clock, seen } = await connect();
    sfu.last.register();
    const first = sfu.last;
    for (let i = 0; i < 10; i++) {
      await clock.advance(2_500);
      first.send({ case: 'pong', value: {} as never });
    }
    expect(seen).toEqual(['registered']);
    await clock.advance(10_000);
    expect(seen).toEqual(['registered', 'away']);
    expect(first.isClosedByWorker).toBe(true);
    expect(sfu.connections).toHaveLength(2);
  });

  it('tries again at once, then ever later, at least every 2 s', async () => {
    const { sfu, clock } = await connect();
    const triedAtMs: number[] = [];
    sfu.last.register();
    await clock.advance(2_500);
    const lostAtMs = clock.nowMs();
    while (triedAtMs.length < 7) {
      const count = sfu.connections.length;
      sfu.last.onClosed('closed with 1006');
      while (sfu.connections.length === count) await clock.advance(10);
      triedAtMs.push(clock.nowMs() - lostAtMs);
    }
    expect(triedAtMs.map((atMs, i) => atMs - (triedAtMs[i - 1] ?? 0))).toEqual([
      10, 200, 400, 800, 1_600, 2_000, 2_000,
    ]);
  });

  it('does not hurry to a server that drops each registration at once', async () => {
    const { sfu, clock } = await connect();
    for (let i = 0; i < 200; i++) {
      sfu.last.register();
      sfu.last.onClosed('closed with 1000');
      await clock.advance(50);
    }
    expect(sfu.connections.length).toBeLessThan(12);
  });

  it('gives up a server that opens and does not answer the registration', async () => {
    const { sfu, clock } = await connect();
    sfu.last.onOpen();
    await clock.advance(5_000);
    expect(sfu.connections).toHaveLength(2);
    sfu.connections[0]?.onMessage(new Uint8Array([1, 2, 3]));
    sfu.connections[0]?.onClosed('late');
    await clock.advance(0);
    expect(sfu.connections).toHaveLength(2);
  });

  it('tries again when no token could be made', async () => {
    let tries = 0;
    const { clock } = await connect({
      mintToken: async () => {
        tries++;
        throw new Error('no key');
      },
    });
    await clock.advance(1_000);
    expect(tries).toBeGreaterThan(2);
  });

  it('is gone for good once closed, whatever the moment', async () => {
    const { sfu, clock, socket } = await connect();
    sfu.last.register();
    socket.close();
    sfu.last.onClosed('closed by us');
    await clock.advance(60_000);
    expect([sfu.connections.length, clock.pendingTimers, sfu.last.isClosedByWorker]).toEqual([1, 0, true]);
    socket.sendJobUpdate('AJ_1', { kind: 'running' });
    expect(sfu.last.take('updateJob')).toEqual([]);

    let giveToken = (_token: string) => {};
    const slow = await connect({ mintToken: () => new Promise((resolve) => (giveToken = resolve)) });
    slow.socket.close();
    giveToken('too late');
    await slow.clock.advance(1_000);
    expect(slow.sfu.connections).toHaveLength(0);
  });

  it('lives on whatever the server sends', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof(
            fc.uint8Array({ maxLength: 200 }),
            fc
              .record({
                id: fc.string(),
                metadata: fc.string(),
                kind: fc.constantFrom('availability', 'assignment'),
              })
              .map(({ id, metadata, kind }) =>
                new ServerMessage({
                  message: {
                    case: kind as 'availability',
                    value: new AvailabilityRequest({ job: new Job({ id, metadata }) }),
                  },
                }).toBinary(),
              ),
            fc.constant(
              new ServerMessage({
                message: { case: 'availability', value: new AvailabilityRequest() },
              }).toBinary(),
            ),
          ),
          { maxLength: 20 },
        ),
        async (frames) => {
          const { sfu, socket } = await connect();
          sfu.last.register();
          for (const frame of frames) sfu.last.onMessage(frame);
          return socket.isRegistered && sfu.connections.length === 1;
        },
      ),
      { numRuns: 300 },
    );
  });
});
