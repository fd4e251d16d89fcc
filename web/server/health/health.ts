import type { Health } from '@parley/contracts/http-api';
import type { WorkerReport } from '@parley/contracts/internal-api';

/** How long a call without an agent is a sign that something is wrong now, in ms. */
const RECENT_NOTICE_MS = 60_000;

/** What the server knows of itself, SFU and workers, in one answer. */
export function describeHealth(parts: {
  readonly livekit: Health['livekit'];
  readonly database: Health['database'];
  readonly reports: readonly WorkerReport[];
  readonly notices: Health['notices'];
}): Health {
  const { livekit, database, reports, notices } = parts;
  const count = (state: WorkerReport['state']) => reports.filter((report) => report.state === state).length;
  const sum = (part: (report: WorkerReport) => number) =>
    reports.reduce((total, report) => total + part(report), 0);
  const takers = reports.filter(
    ({ isRegistered, state }) => isRegistered && (state === 'ready' || state === 'full'),
  );
  const definitionFaults = [...new Set(reports.flatMap((report) => report.definitionFaults))];
  const workers = {
    processes: reports.length,
    ready: takers.filter(({ state }) => state === 'ready').length,
    full: count('full'),
    starting: count('starting'),
    draining: count('draining'),
    calls: sum(({ calls }) => calls),
    maxCalls: sum(({ maxCalls }) => maxCalls),
    definitionFaults,
  };
  const canAnswer = livekit.status === 'ok' && takers.some(({ agents }) => agents.length > 0);
  const isWhole =
    workers.ready > 0 &&
    database.status === 'ok' &&
    definitionFaults.length === 0 &&
    notices.every(({ ageMs }) => ageMs > RECENT_NOTICE_MS);
  const stages = takers[0]?.stages ?? reports[0]?.stages ?? {};
  return {
    status: canAnswer ? (isWhole ? 'ok' : 'degraded') : 'down',
    livekit,
    database,
    workers,
    stages,
    notices,
  };
}
