import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { ENGINE_VERSION } from '@parley/engine/call/reduce';
import type { PriceTable } from '@parley/engine/cost/price-table';
import { AccessToken } from 'livekit-server-sdk';
import type { Logger } from 'pino';
import { type WatchCall, watchBy } from '../call/call-watch.ts';
import type { ProviderAccess } from '../config/provider-variables.ts';
import { readSettings, type Settings, SettingsError } from '../config/settings.ts';
import { createCallMeter } from '../metrics/call-meter.ts';
import { createWorkerMetrics } from '../metrics/worker-metrics.ts';
import { type Clock, createMonotonicClock } from '../runtime/clock.ts';
import { createProcessLog } from '../runtime/process-log.ts';
import { random } from '../runtime/random.ts';
import { openShipping } from '../shipping/open-shipping.ts';
import { createShipper, type Shipper } from '../shipping/shipper.ts';
import { openTraces, type Traces } from '../traces/open-traces.ts';
import { createReadCommand, type ReadCommand } from '../transport/read-command.ts';
import { openAgentConnection } from './agent-connection.ts';
import { createCallScope } from './call-scope.ts';
import type { CallRunner } from './contract.ts';
import { PortTaken } from './health-server.ts';
import { createInternalClient, type InternalClient } from './internal-client.ts';
import { createInternalRequest, type InternalRequest } from './internal-request.ts';
import { mintInternalToken } from './internal-token.ts';
import { guardProcess } from './process-guard.ts';
import {
  type ChildMessage,
  EXIT_CONFIG,
  parentMessageSchema,
  processArgumentSchema,
} from './process-messages.ts';
import { createRoomService } from './room-service.ts';
import { runWorkerProcess } from './run-worker-process.ts';

/** What a process gives to the maker of its calls. */
export interface CallRunnerOptions {
  readonly dataDir: string;
  readonly agentsDir: string | null;
  readonly smartTurnFile: string | null;
  /** Keys and addresses of the vendors. */
  readonly providers: ProviderAccess;
  readonly prices: PriceTable;
  readonly clock: Clock;
  readonly log: Logger;
  /** 0 up to 1. */
  readonly random: () => number;
  readonly deleteRoom: (roomName: string) => Promise<void>;
  readonly readCommand: ReadCommand;
  readonly askServer: InternalClient['journals'] | null;
  /** Null: there is no server. */
  readonly shipper: Shipper | null;
  /** Recordings go to the server as they are, a part from each process. */
  readonly sendsFiles: boolean;
  readonly watchCall: WatchCall;
  /** Called after the runner's agents or their faults have changed. */
  readonly onAgentsChanged: () => void;
}

/**
 * Makes this Node process a worker, until its supervisor or a signal ends it; then it exits. SIGTERM drains. SIGINT
 * stops, unless there is a supervisor, which hears it as well and decides.
 */
export async function startProcess(
  createRunner: (options: CallRunnerOptions) => Promise<CallRunner>,
): Promise<void> {
  const settings = settingsOrExit();
  const argument = processArgumentSchema.parse(
    JSON.parse(process.argv[2] ?? '{"index":0,"healthPort":0,"mayMovePort":true}'),
  );
  const workerId = `worker-${randomUUID()}`;
  const log = createProcessLog({ ...settings, base: { pid: process.pid, index: argument.index, workerId } });
  const clock = createMonotonicClock();
  const scope = createCallScope();
  const rooms = createRoomService(settings.livekit);
  const { livekit, dataDir, agentsDir, smartTurnFile, sendsFiles } = settings;
  const request = internalRequestOf(settings, clock);
  const server = request && createInternalClient(request);
  const shipper = request && createShipper(openShipping({ request, sendsFiles, clock, random, log }));
  const metrics = createWorkerMetrics();
  metrics.watchProcess();
  const traces = await tracesOf(settings, workerId, log);
  const watchCall = watchBy([
    (header) => createCallMeter(metrics.counts, header),
    ...(traces === null ? [] : [traces.watchCall]),
  ]);
  const worker = runWorkerProcess({
    settings,
    argument,
    workerId,
    version: ENGINE_VERSION,
    createRunner: ({ onAgentsChanged }) =>
      createRunner({
        dataDir,
        agentsDir,
        smartTurnFile,
        providers: settings.providers,
        prices: settings.prices,
        clock,
        log,
        random,
        deleteRoom: rooms.deleteRoom,
        readCommand: createReadCommand(livekit),
        askServer: server?.journals ?? null,
        shipper,
        sendsFiles,
        watchCall,
        onAgentsChanged,
      }),
    rooms,
    server,
    shipper,
    metrics,
    hostName: hostname(),
    openConnection: openAgentConnection,
    mintWorkerToken: () => mintWorkerToken(livekit),
    tellParent: process.send === undefined ? null : tellParent,
    residentMb: () => process.memoryUsage.rss() / 1024 / 1024,
    scope,
    clock,
    random,
    log,
  });
  guardProcess({
    events: process,
    scope,
    onCallThrew: worker.lose,
    onTainted: worker.taint,
    onStorm: () => process.exit(1),
    clock,
    log,
  });
  process.on('SIGTERM', worker.drain);
  process.on('SIGINT', process.send === undefined ? worker.stop : () => {});
  process.on('disconnect', worker.stop);
  process.on('message', (message) => {
    const parsed = parentMessageSchema.safeParse(message);
    if (!parsed.success) return;
    if (parsed.data.type === 'drain') worker.drain();
    else worker.stop();
  });
  const exitCode = await worker.ended.catch((error) => exitCodeOf(error, log));
  await traces?.close();
  process.exit(exitCode);
}

function tracesOf({ traceCollector }: Settings, workerId: string, log: Logger): Promise<Traces> | null {
  if (traceCollector === null) return null;
  return openTraces({ collector: traceCollector, version: ENGINE_VERSION, workerId, log });
}

/** How this process asks the web server; null where there is none. */
export function internalRequestOf({ serverUrl, livekit }: Settings, clock: Clock): InternalRequest | null {
  if (serverUrl === null) return null;
  return createInternalRequest({ serverUrl, mintToken: () => mintInternalToken(livekit), fetch, clock });
}

/** The settings of this process; where they are at fault, says so and exits. */
export function settingsOrExit(): Settings {
  try {
    return readSettings();
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return process.exit(EXIT_CONFIG);
  }
}

function exitCodeOf(error: unknown, log: Logger): number {
  if (!(error instanceof PortTaken)) {
    log.fatal({ err: error }, 'the worker process cannot start');
    return 1;
  }
  log.fatal(`${error.message}: set PARLEY_HEALTH_PORT to another port, or to 0 for any free one`);
  return EXIT_CONFIG;
}

function tellParent(message: ChildMessage): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => {});
}

function mintWorkerToken({ apiKey, apiSecret }: Settings['livekit']): Promise<string> {
  const token = new AccessToken(apiKey, apiSecret, { ttl: '10m' });
  token.addGrant({ agent: true });
  return token.toJwt();
}
