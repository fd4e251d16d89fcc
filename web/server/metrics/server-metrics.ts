import { type EndReason, endReasonSchema } from '@parley/contracts/call-event';
import type { Health } from '@parley/contracts/http-api';
import { type WorkerReport, workerReportSchema } from '@parley/contracts/internal-api';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { StoredFigures } from './stored-figures.ts';

/** Upper bounds of requests, in s: a search may take 0.1, an upload minutes. */
const REQUEST_BUCKETS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60];

/** What the server knows at the moment of a scrape. */
export interface ServerNow {
  readonly livekit: Health['livekit']['status'];
  /** Null: the database does not answer. */
  readonly stored: StoredFigures | null;
  readonly workers: readonly WorkerReport[];
  /** Those on this disk that a bucket does not have yet; null: there is no bucket. */
  readonly waitingRecordings: number | null;
}

/** A request that was answered. */
export interface AnsweredRequest {
  readonly method: string;
  /** The pattern, never the path itself: that may hold an id. */
  readonly route: string;
  readonly status: number;
  readonly ms: number;
}

/** The figures of the server. No label tells of a call, a caller or a room: each has few values, known beforehand. */
export interface ServerMetrics {
  /** From now on the Node process is told of too: its memory, processor and event loop. Called once a process. */
  watchProcess(): void;
  requestAnswered(request: AnsweredRequest): void;
  /** A call is stored as ended, told once a call; its cost is null where it is not known. */
  callEnded(reason: EndReason, costUsd: number | null): void;
  /** As Prometheus reads it, format 0.0.4. */
  exposition(now: ServerNow): Promise<string>;
}

export const EXPOSITION_TYPE = Registry.PROMETHEUS_CONTENT_TYPE;

export function createServerMetrics(): ServerMetrics {
  const registry = new Registry();
  const registers = [registry];
  const requests = new Histogram({
    name: 'parley_http_request_seconds',
    help: 'Requests until the answer began, by pattern of their route.',
    labelNames: ['method', 'route', 'status'],
    buckets: REQUEST_BUCKETS_S,
    registers,
  });
  const ended = new Counter({
    name: 'parley_stored_calls_ended_total',
    help: 'Calls whose end this server stored, by reason, those of processes that died among them.',
    labelNames: ['reason'],
    registers,
  });
  const cost = new Counter({
    name: 'parley_stored_calls_cost_usd_total',
    help: 'What calls cost whose end this server stored, in US dollars, by its price table.',
    registers,
  });
  const uncosted = new Counter({
    name: 'parley_stored_calls_without_cost_total',
    help: 'Calls whose end this server stored and whose cost is not known: a model that was used has no price.',
    registers,
  });
  // The first of a kind would not be seen to rise otherwise.
  for (const reason of endReasonSchema.options) ended.inc({ reason }, 0);
  const showNow = momentaryFigures(registry);
  return {
    watchProcess: () => collectDefaultMetrics({ register: registry }),
    requestAnswered: ({ method, route, status, ms }) =>
      requests.observe({ method, route, status: String(status) }, ms / 1000),
    callEnded(reason, costUsd) {
      ended.inc({ reason });
      if (costUsd === null) uncosted.inc();
      else cost.inc(costUsd);
    },
    exposition(now) {
      showNow(now);
      return registry.metrics();
    },
  };
}

function momentaryFigures(registry: Registry): (now: ServerNow) => void {
  const gauge = <Label extends string>(name: string, help: string, ...labelNames: Label[]) =>
    new Gauge({ name, help, labelNames, registers: [registry] });
  const livekit = gauge('parley_livekit_up', 'Whether livekit-server answers: 1 or 0.');
  const database = gauge('parley_database_up', 'Whether the database answers: 1 or 0.');
  const workers = gauge('parley_workers', 'Worker processes that report here, by state.', 'state');
  const calls = gauge('parley_stored_calls', 'Calls that are stored and not over, by state.', 'state');
  const deliveries = gauge(
    'parley_webhook_deliveries',
    'Webhook deliveries that wait for a receiver, or were given up.',
    'state',
  );
  const oldest = gauge('parley_webhook_oldest_waiting_seconds', 'Age of the oldest delivery that waits.');
  const recordings = gauge(
    'parley_recordings_waiting',
    'Recordings on this disk that are to be moved to the bucket. None of it without a bucket.',
  );
  return (now) => {
    recordings.remove();
    if (now.waitingRecordings !== null) recordings.set(now.waitingRecordings);
    livekit.set(now.livekit === 'ok' ? 1 : 0);
    database.set(now.stored === null ? 0 : 1);
    for (const state of workerReportSchema.shape.state.options)
      workers.set({ state }, now.workers.filter((worker) => worker.state === state).length);
    // While the database is away there are no figures of it, rather than old ones.
    calls.reset();
    deliveries.reset();
    oldest.remove();
    if (now.stored === null) return;
    const { waitingCalls, activeCalls, waitingDeliveries, givenUpDeliveries } = now.stored;
    calls.set({ state: 'waiting' }, waitingCalls);
    calls.set({ state: 'active' }, activeCalls);
    deliveries.set({ state: 'waiting' }, waitingDeliveries);
    deliveries.set({ state: 'given_up' }, givenUpDeliveries);
    oldest.set(now.stored.oldestWaitingMs / 1000);
  };
}
