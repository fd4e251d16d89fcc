import { AvailabilityRequest, Job, JobAssignment, Room } from '@livekit/protocol';
import { type WorkerReport, workerReportSchema } from '@parley/contracts/internal-api';
import { afterEach, describe, expect, it } from 'vitest';
import { parseSettings } from '../config/settings.ts';
import { createWorkerMetrics } from '../metrics/worker-metrics.ts';
import { createDeferred } from '../runtime/deferred.ts';
import { createVirtualClock } from '../runtime/virtual-clock.ts';
import { createCallScope } from './call-scope.ts';
import type { CallRunner, RunCallOptions } from './contract.ts';
import { PortTaken, startHealthServer } from './health-server.ts';
import type { ChildMessage } from './process-messages.ts';
import { runWorkerProcess, type WorkerProcess, type WorkerProcessOptions } from './run-worker-process.ts';
import { createFakeSfu } from './testing/fake-sfu.ts';
import { silentLog } from './testing/silent-log.ts';

const stage = { provider: 'none', reason: '', upgrade: '' };
let opened: { worker: WorkerProcess; close: () => Promise<void> }[] = [];
afterEach(async () => {
  for (const { close } of opened) await close();
  opened = [];
});

/** A process whose calls run until they are told to stop, and whose server and supervisor write down what they hear. */
async function startWorker(
  change: {
    environment?: Record<string, string>;
    runner?: Partial<CallRunner>;
  } & Partial<WorkerProcessOptions> = {},
) {
  const sfu = createFakeSfu();
  const clock = createVirtualClock();
  const told: ChildMessage[] = [];
  const reports: WorkerReport[] = [];
  const calls: RunCallOptions[] = [];
  const ends: (() => void)[] = [];
  const runner: CallRunner = {
    runCall: (_call, options) => {
      calls.push(options);
      return new Promise((resolve) => {
        ends.push(resolve);
        options.signal.addEventListener('abort', () => resolve());
      });
    },
    agents: () => [
      { name: 'a', title: 'A', description: '', language: 'en', isPublic: false, contentHash: 'x' },
    ],
    defaultAgent: () => 'a',
    faults: () => ['b.yaml: no greeting'],
    stages: () => ({ vad: stage, stt: stage, llm: stage, tts: stage }),
    warm: async () => {},
    close: async () => {},
    ...change.runner,
  };
  const { environment, runner: _, ...options } = change;
  const worker = runWorkerProcess({
    settings: parseSettings({
      LIVEKIT_URL: 'ws://sfu',
      LIVEKIT_API_KEY: 'k',
      LIVEKIT_API_SECRET: 's',
      PARLEY_MAX_CALLS_PER_PROCESS: '2',
      ...environment,
    }),
    argument: { index: 0, healthPort: 0, mayMovePort: true },
    workerId: 'worker-1',
    version: '1',
    createRunner: async () => runner,
    rooms: { hasDispatch: async () => true } as never,
    server: {
      claim: async () => ({ kind: 'granted' }),
      report: async (report) => void reports.push(workerReportSchema.parse(report)),
    },
    shipper: null,
    metrics: createWorkerMetrics(),
    hostName: 'machine',
    openConnection: sfu.open,
    mintWorkerToken: async () => 'token',
    tellParent: (message) => told.push(message),
    residentMb: () => 100,
    scope: createCallScope(),
    clock,
    random: () => 0,
    log: silentLog,
    ...options,
  });
  worker.ended.catch(() => {});
  // The health port opens in real time.
  for (let i = 0; i < 50; i++) {
    await new Promise((resolve) => setImmediate(resolve));
    await clock.advance(0);
  }
  let isEnded = false;
  const close = async () => {
    worker.stop();
    while (!isEnded) {
      await clock.advance(5_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  void worker.ended.catch(() => {}).finally(() => (isEnded = true));
  opened.push({ worker, close });
  const take = async (id: string, room = id) => {
    const job = new Job({ id, dispatchId: 'AD', room: new Room({ sid: `RM_${room}`, name: room }) });
    sfu.last.send({ case: 'availability', value: new AvailabilityRequest({ job }) });
    sfu.last.send({ case: 'assignment', value: new JobAssignment({ job }) });
    await clock.advance(0);
  };
  return { worker, sfu, clock, told, reports, calls, ends, take, close };
}

describe('a worker process', () => {
  it('opens a socket for each of its names', async () => {
    const { sfu } = await startWorker({
      environment: { PARLEY_AUTO_DISPATCH: 'true', PARLEY_WORKER_NAMES: 'front-desk,parley' },
    });
    for (const connection of sfu.connections) connection.register();
    const names = sfu.connections.map((connection) => connection.take('register')[0]?.agentName);
    expect(names).toEqual(['parley', '', 'front-desk']);
  });

  it('is ready when every socket is registered, and tells its supervisor once', async () => {
    const { sfu, clock, told, reports } = await startWorker({ environment: { PARLEY_WORKER_NAMES: 'x' } });
    const readies = () => told.filter(({ type }) => type === 'ready').length;
    sfu.connections[0]?.register();
    await clock.advance(0);
    expect(readies()).toBe(0);
    sfu.connections[1]?.register();
    await clock.advance(0);
    expect(readies()).toBe(1);
    sfu.connections[1]?.onClosed('restart');
    await clock.advance(0);
    sfu.last.register();
    await clock.advance(0);
    expect(readies()).toBe(1);
    expect(reports.map(({ isRegistered }) => isRegistered)).toEqual([false, false, true, false, true]);
    expect(reports.at(-1)).toMatchObject({
      state: 'ready',
      definitionFaults: ['b.yaml: no greeting'],
      defaultAgent: 'a',
    });
  });

  it('takes no job before it is warm', async () => {
    const warmth = createDeferred<void>();
    const { sfu, clock, told } = await startWorker({ runner: { warm: () => warmth.promise } });
    expect(sfu.connections).toHaveLength(0);
    expect(told).toEqual([{ type: 'beat', rssMb: 100, calls: 0 }]);
    warmth.resolve();
    await clock.advance(0);
    expect(sfu.connections).toHaveLength(1);
  });

  it('shares its slots among its names, and says on each socket and to the server when it is full', async () => {
    const { sfu, clock, told, reports, take } = await startWorker({
      environment: { PARLEY_WORKER_NAMES: 'x' },
    });
    for (const connection of sfu.connections) connection.register();
    await take('AJ_1');
    await take('AJ_2');
    for (const connection of sfu.connections) {
      expect(connection.take('updateWorker').at(-1)).toMatchObject({ status: 1, load: 1, jobCount: 2 });
    }
    await clock.advance(0);
    expect(reports.at(-1)).toMatchObject({ state: 'full', calls: 2, maxCalls: 2 });
    expect(told.filter(({ type }) => type === 'callStarted')).toHaveLength(2);
    await take('AJ_3');
    expect(sfu.last.take('availability').at(-1)).toMatchObject({ jobId: 'AJ_3', available: false });
  });

  it('drains: says that it is full, waits for its calls, and ends well', async () => {
    const { worker, sfu, clock, calls, ends, take, reports } = await startWorker();
    sfu.last.register();
    await take('AJ_1');
    worker.drain();
    await clock.advance(0);
    expect(sfu.last.take('updateWorker').at(-1)).toMatchObject({ status: 1, jobCount: 1 });
    await clock.advance(0);
    expect(reports.at(-1)?.state).toBe('draining');
    expect(calls[0]?.signal.aborted).toBe(false);
    ends[0]?.();
    await clock.advance(0);
    await expect(worker.ended).resolves.toBe(0);
  });

  it('stops what still runs when the time to drain is over', async () => {
    const { worker, sfu, clock, calls, take } = await startWorker({
      environment: { PARLEY_DRAIN_MS: '60000' },
    });
    sfu.last.register();
    await take('AJ_1');
    worker.drain();
    await clock.advance(59_999);
    expect(calls[0]?.signal.aborted).toBe(false);
    await clock.advance(1);
    expect(calls[0]?.signal.reason).toMatchObject({ code: 'worker_stopping' });
    await expect(worker.ended).resolves.toBe(0);
  });

  it('waits 2.5 s for a call that does not stop, and no longer', async () => {
    const { worker, sfu, clock, take } = await startWorker({
      runner: { runCall: () => new Promise(() => {}) },
    });
    sfu.last.register();
    await take('AJ_1');
    worker.stop();
    await clock.advance(2_500);
    await expect(worker.ended).resolves.toBe(0);
  });

  it('fails where its calls cannot be made', async () => {
    const { worker } = await startWorker({ createRunner: () => Promise.reject(new Error('no model file')) });
    await expect(worker.ended).rejects.toThrow('no model file');
  });

  it('ends at once when it is told to while it begins', async () => {
    for (const order of ['drain', 'stop'] as const) {
      const { worker } = await startWorker({ runner: { warm: () => new Promise(() => {}) } });
      worker[order]();
      await expect(worker.ended).resolves.toBe(0);
    }
  });

  it('moves off a health port that is taken, unless that was asked for', async () => {
    const taken = await startHealthServer(0, {
      isHealthy: () => true,
      worker: () => null,
      metrics: async () => '',
    });
    const argument = { index: 0, healthPort: taken.port };
    const moved = await startWorker({ argument: { ...argument, mayMovePort: true } });
    expect(moved.sfu.connections).toHaveLength(1);
    const fixed = await startWorker({ argument: { ...argument, mayMovePort: false } });
    await expect(fixed.worker.ended).rejects.toThrow(PortTaken);
    await taken.close();
  });

  it('leaves with a fault when its state was in doubt, and asks to be replaced', async () => {
    const { worker, told, close } = await startWorker();
    worker.taint();
    worker.taint();
    expect(told.filter(({ type }) => type === 'tainted')).toHaveLength(1);
    await close();
    await expect(worker.ended).resolves.toBe(1);
  });

  it('beats every 2 s', async () => {
    const { clock, told } = await startWorker();
    await clock.advance(4_000);
    expect(told.filter(({ type }) => type === 'beat')).toHaveLength(3);
  });
});
