import type { AgentsAnswer, Health } from '@parley/contracts/http-api';
import { Hono } from 'hono';
import type { AccessGuard } from '../access/access-guard.ts';
import type { NoticeBoard } from '../calls/notice-board.ts';
import type { DatabaseReach } from '../database/database-reach.ts';
import type { ServerEnv } from '../http/client-address.ts';
import type { SfuReach } from '../livekit/sfu-reach.ts';
import type { WorkerRegistry } from '../workers/worker-registry.ts';
import { describeHealth } from './health.ts';

export interface StatusDeps {
  readonly sfuReach: SfuReach;
  readonly databaseReach: DatabaseReach;
  readonly workers: WorkerRegistry;
  readonly notices: NoticeBoard;
  readonly access: AccessGuard;
  /** Where Prometheus is answered. */
  readonly metricsAddress: () => string | undefined;
}

/**
 * `GET /api/health`, open to everybody and always answered with 200, as the server itself is up; the status is in the
 * body. Faults of definitions and of the database, and where the figures are, are for those with access only.
 */
export function createHealthRoute(deps: StatusDeps) {
  const app = new Hono<ServerEnv>();
  app.get('/', async (c) => {
    const [livekit, database] = await Promise.all([deps.sfuReach.look(), deps.databaseReach.look()]);
    const reports = deps.workers.reports();
    const health = describeHealth({ livekit, database, reports, notices: deps.notices.read() });
    const isTrusted = (await deps.access.find(c)) !== null;
    const shown: Health = isTrusted
      ? { ...health, metrics: deps.metricsAddress() }
      : {
          ...health,
          database: { ...database, message: '' },
          workers: { ...health.workers, definitionFaults: [] },
        };
    return c.json(shown);
  });
  return app;
}

/** `GET /api/agents`: who can be talked to; without access the public ones, and 401 where there are none. */
export function createAgentsRoute({ workers, access }: Pick<StatusDeps, 'workers' | 'access'>) {
  const app = new Hono<ServerEnv>();
  app.get('/', async (c) => {
    const all = workers.agents();
    const open = all.filter(({ isPublic }) => isPublic);
    if (open.length === 0) await access.identify(c);
    const shown = open.length === 0 || (await access.find(c)) !== null ? all : open;
    const defaultAgent = workers.defaultAgent();
    const agents = shown.map(({ name, title, description, language }) => {
      return { name, title, description, language, isDefault: name === defaultAgent };
    });
    const answer: AgentsAnswer = { agents };
    return c.json(answer);
  });
  return app;
}
