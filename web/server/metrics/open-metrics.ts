import { hostname } from 'node:os';
import type { BindAddress } from '../config/values.ts';
import type { Database } from '../database/database.ts';
import { ListenError, type Listener, listen } from '../http/listen.ts';
import type { LiveFeed } from '../live/live-feed.ts';
import type { SfuReach } from '../livekit/sfu-reach.ts';
import type { Clock } from '../runtime/clock.ts';
import type { WorkerRegistry } from '../workers/worker-registry.ts';
import { countEndedCalls } from './count-ended-calls.ts';
import { createMetricsApp } from './metrics-app.ts';
import type { ServerMetrics } from './server-metrics.ts';
import { readStoredFigures } from './stored-figures.ts';

/** Where the figures are, unless set. Source: the port of OpenTelemetry's own exporter for Prometheus. */
const DEFAULT_BIND: BindAddress = { host: '127.0.0.1', port: 9464 };

/** Answers Prometheus at a port of its own, which is the default one or a free one where nothing was asked for. */
export async function openMetrics(deps: {
  readonly metrics: ServerMetrics;
  readonly bind: BindAddress | null;
  readonly workers: Pick<WorkerRegistry, 'reports'>;
  readonly sfuReach: SfuReach;
  readonly waitingRecordings: () => number | null;
  readonly database: () => Database;
  readonly live: Pick<LiveFeed, 'listen'>;
  readonly clock: Clock;
  readonly nowEpochMs: () => number;
}): Promise<Listener & { readonly address: string }> {
  const { metrics, workers, clock } = deps;
  const app = createMetricsApp({
    async exposition() {
      const [livekit, stored] = await Promise.all([deps.sfuReach.look(), readStoredFigures(deps)]);
      return metrics.exposition({
        livekit: livekit.status,
        stored,
        workers: workers.reports(),
        waitingRecordings: deps.waitingRecordings(),
      });
    },
    targets: () =>
      workers
        .reports()
        .flatMap(({ health }) =>
          health?.hostName === hostname() ? [{ host: '127.0.0.1', port: health.port }] : [],
        ),
  });
  const open = (bind: BindAddress) =>
    listen({ app, rtcProxy: null, ...bind, portVariable: 'PARLEY_METRICS_BIND', tls: null, clock });
  const bind = deps.bind ?? DEFAULT_BIND;
  const listener = await open(bind).catch((error) => {
    if (deps.bind !== null || !(error instanceof ListenError)) throw error;
    return open({ ...DEFAULT_BIND, port: 0 });
  });
  const stopCounting = countEndedCalls(deps.live, metrics.callEnded);
  return {
    port: listener.port,
    address: `http://${bind.host.includes(':') ? `[${bind.host}]` : bind.host}:${listener.port}/metrics`,
    close() {
      stopCounting();
      return listener.close();
    },
  };
}
