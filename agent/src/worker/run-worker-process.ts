import { WORKER_AGENT_NAME } from '@parley/contracts/dispatch';
import type { WorkerReport } from '@parley/contracts/internal-api';
import type { Logger } from 'pino';
import type { Settings } from '../config/settings.ts';
import type { WorkerMetrics } from '../metrics/worker-metrics.ts';
import type { Clock } from '../runtime/clock.ts';
import { createDeferred } from '../runtime/deferred.ts';
import type { Shipper } from '../shipping/shipper.ts';
import type { OpenAgentConnection } from './agent-connection.ts';
import { type CallDesk, createCallDesk } from './call-desk.ts';
import type { CallScope } from './call-scope.ts';
import type { CallRunner } from './contract.ts';
import { type HealthServer, PortTaken, startHealthServer } from './health-server.ts';
import type { InternalClient } from './internal-client.ts';
import { createJoinGate } from './join-gate.ts';
import type { ChildMessage, ProcessArgument } from './process-messages.ts';
import type { RoomService } from './room-service.ts';
import { createSeatClaim } from './seat-claim.ts';
import { createSlots, workerLoad } from './slots.ts';
import { startWorkerReports, type WorkerReports } from './worker-reports.ts';
import { openWorkerSocket, type WorkerSocket } from './worker-socket.ts';

/** A supervisor takes a process that sends no beat for longer for one that hangs. */
const BEAT_EVERY_MS = 2_000;
/** A call leaves its room within 2 s of being told; the process does not wait much longer for it. */
const STOP_TIMEOUT_MS = 2_500;

/** One process of calls: a LiveKit worker under each of its names. */
export interface WorkerProcess {
  /** Takes no further job and ends when the last call has ended, or is stopped when the drain time is over. */
  drain(): void;
  /** Tells every call to leave, and ends. */
  stop(): void;
  /** Gives one call up for another process to take over. */
  lose(jobId: string, error: unknown): void;
  /** Its state is in doubt: it is replaced, in peace. */
  taint(): void;
  /** Resolves with the exit code when everything is closed; rejects where it could not start. */
  readonly ended: Promise<number>;
}

export interface WorkerProcessOptions {
  readonly settings: Settings;
  readonly argument: ProcessArgument;
  /** Unique among all workers of the installation. */
  readonly workerId: string;
  readonly version: string;
  readonly createRunner: (events: { readonly onAgentsChanged: () => void }) => Promise<CallRunner>;
  readonly rooms: RoomService;
  readonly server: Pick<InternalClient, 'claim' | 'report'> | null;
  /** Null: the journals stay where they are. */
  readonly shipper: Shipper | null;
  readonly metrics: Pick<WorkerMetrics, 'exposition'>;
  /** Name of this machine. */
  readonly hostName: string;
  readonly openConnection: OpenAgentConnection;
  readonly mintWorkerToken: () => Promise<string>;
  /** Reaches the supervisor; null where the process stands alone. */
  readonly tellParent: ((message: ChildMessage) => void) | null;
  readonly residentMb: () => number;
  readonly scope: CallScope;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
}

type Phase = 'starting' | 'serving' | 'draining' | 'stopped';

export function runWorkerProcess(options: WorkerProcessOptions): WorkerProcess {
  const { settings, clock, log, scope } = options;
  const slots = createSlots(settings.maxCallsPerProcess);
  const asked = createDeferred<void>();
  const outOfPatience = createDeferred<void>();
  let phase: Phase = 'starting';
  let isStopping = false;
  let isTainted = false;
  let wasRegistered = false;
  let runner: CallRunner | undefined;
  let desk: CallDesk | undefined;
  let reports: WorkerReports | undefined;
  let sockets: readonly WorkerSocket[] = [];
  let healthPort: number | undefined;

  const tellParent = (message: ChildMessage) => options.tellParent?.(message);
  const isRegistered = () => sockets.length > 0 && sockets.every((socket) => socket.isRegistered);

  const status = () => ({
    isTaking: desk?.isTaking === true && !slots.isFull,
    load: workerLoad(slots),
    jobCount: slots.used,
  });

  const report = (calls: CallRunner): WorkerReport => ({
    workerId: options.workerId,
    state: phase === 'serving' ? (slots.isFull ? 'full' : 'ready') : phase,
    isRegistered: isRegistered(),
    calls: slots.used,
    maxCalls: slots.capacity,
    stages: calls.stages(),
    agents: [...calls.agents()],
    defaultAgent: calls.defaultAgent(),
    definitionFaults: [...calls.faults()],
    ...(healthPort !== undefined && { health: { hostName: options.hostName, port: healthPort } }),
  });

  const changed = () => {
    for (const socket of sockets) socket.sendStatus();
    reports?.changed();
  };

  const onRegistrationChanged = () => {
    reports?.changed();
    if (wasRegistered || !isRegistered()) return;
    wasRegistered = true;
    tellParent({ type: 'ready' });
  };

  const openDesk = (calls: CallRunner) =>
    createCallDesk({
      slots,
      joinGate: createJoinGate(settings.joinsAtOnce),
      claimSeat: createSeatClaim({
        server: options.server,
        rooms: options.rooms,
        workerId: options.workerId,
        log,
      }),
      runCall: calls.runCall,
      rooms: options.rooms,
      agents: calls.agents,
      defaultAgent: calls.defaultAgent,
      livekitUrl: settings.livekit.url,
      scope,
      onCallStarted: ({ jobId, callId, roomName, identity, metadata }) =>
        tellParent({ type: 'callStarted', call: { jobId, callId, roomName, identity, metadata } }),
      onCallEnded: ({ jobId }, outcome) => tellParent({ type: 'callEnded', jobId, outcome }),
      onChanged: changed,
      clock,
      log,
    });

  const openSockets = (at: CallDesk) =>
    agentNames(settings).map((agentName) =>
      openWorkerSocket({
        url: settings.livekit.url,
        agentName,
        version: options.version,
        mintToken: options.mintWorkerToken,
        openConnection: options.openConnection,
        status,
        onOffer: at.offer,
        onAssignment: (assignment, socket) => at.assign(assignment, socket.sendJobUpdate),
        onTermination: at.terminate,
        onRegistrationChanged,
        clock,
        random: options.random,
        log,
      }),
    );

  const serve = async () => {
    const calls = await options.createRunner({ onAgentsChanged: () => reports?.changed() });
    runner = calls;
    if (options.server !== null) {
      reports = startWorkerReports({ server: options.server, report: () => report(calls), clock, log });
    }
    await calls.warm();
    if (phase !== 'starting') return;
    phase = 'serving';
    desk = openDesk(calls);
    sockets = openSockets(desk);
  };

  const live = async (): Promise<number> => {
    const health = await openHealth(options.argument, log, {
      isHealthy: () => phase === 'draining' || (phase === 'serving' && isRegistered()),
      worker: () => ({
        index: options.argument.index,
        phase,
        ...(runner && report(runner)),
        shipping: options.shipper?.counts(),
      }),
      metrics: () =>
        options.metrics.exposition({
          isRegistered: isRegistered(),
          calls: slots.used,
          maxCalls: slots.capacity,
          shipping: options.shipper?.counts() ?? null,
        }),
    });
    healthPort = health.port;
    const stopBeating = beatForEver(clock, () =>
      tellParent({ type: 'beat', rssMb: options.residentMb(), calls: slots.used }),
    );
    try {
      // Who is asked to end while it begins has nothing to wait for.
      await Promise.race([serve(), asked.promise]);
      await asked.promise;
      if (desk !== undefined)
        await Promise.race([isStopping ? desk.stop() : desk.drain(), outOfPatience.promise]);
    } finally {
      phase = 'stopped';
      // From here on the supervisor takes what hangs for hanging.
      stopBeating();
      for (const socket of sockets) socket.close();
      await Promise.all([reports?.close(), options.shipper?.close()]);
      await runner?.close();
      await health.close();
    }
    return isTainted ? 1 : 0;
  };

  const drain = () => {
    if (phase === 'draining' || phase === 'stopped' || isStopping) return;
    log.info({ calls: slots.used }, 'draining: no further call is taken');
    phase = 'draining';
    clock.at(clock.nowMs() + settings.drainMs, stop);
    asked.resolve();
  };

  const stop = () => {
    if (isStopping || phase === 'stopped') return;
    isStopping = true;
    phase = 'draining';
    clock.at(clock.nowMs() + STOP_TIMEOUT_MS, outOfPatience.resolve);
    void desk?.stop();
    asked.resolve();
  };

  return {
    drain,
    stop,
    lose: (jobId, error) => desk?.lose(jobId, error),
    taint: () => {
      if (isTainted) return;
      isTainted = true;
      if (options.tellParent === null) drain();
      else tellParent({ type: 'tainted' });
    },
    ended: live(),
  };
}

/** One socket carries one name: ours, LiveKit's empty one where every room is to be joined, and the operator's. */
function agentNames(settings: Settings): readonly string[] {
  return [
    ...new Set([WORKER_AGENT_NAME, ...(settings.isAutoDispatchOn ? [''] : []), ...settings.workerNames]),
  ];
}

async function openHealth(
  { healthPort, mayMovePort }: ProcessArgument,
  log: Logger,
  view: Parameters<typeof startHealthServer>[1],
): Promise<HealthServer> {
  const health = await startHealthServer(healthPort, view).catch((error) => {
    if (!mayMovePort || !(error instanceof PortTaken)) throw error;
    return startHealthServer(0, view);
  });
  log.info({ port: health.port }, 'health and metrics are answered on loopback');
  return health;
}

function beatForEver(clock: Clock, beat: () => void): () => void {
  let cancel = () => {};
  const again = () => {
    beat();
    cancel = clock.at(clock.nowMs() + BEAT_EVERY_MS, again);
  };
  again();
  return () => cancel();
}
