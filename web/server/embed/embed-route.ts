import type { EmbedAnswer } from '@parley/contracts/http-api';
import { Hono } from 'hono';
import type { AccessGuard } from '../access/access-guard.ts';
import { ApiError } from '../http/api-error.ts';
import type { ServerEnv } from '../http/client-address.ts';
import type { SiteRules } from '../http/site.ts';
import type { WorkerRegistry } from '../workers/worker-registry.ts';

export interface EmbedRouteDeps {
  readonly access: Pick<AccessGuard, 'find'>;
  readonly siteRules: SiteRules;
  readonly workers: Pick<WorkerRegistry, 'agents' | 'defaultAgent' | 'isPublic' | 'reports'>;
}

/**
 * `GET /api/embed`: what the embed script asks before it opens a call in a page of another origin. The answer says no
 * more than whether that will work, and what to do where it will not: any page may read it.
 */
export function createEmbedRoute({ access, siteRules, workers }: EmbedRouteDeps) {
  const app = new Hono<ServerEnv>();
  app.get('/', async (c) => {
    c.header('Access-Control-Allow-Origin', '*');
    siteRules.require(c);
    siteRules.checkOrigin(c);
    const asked = c.req.query('agent') || null;
    const name = asked ?? workers.defaultAgent() ?? '';
    const known = workers.agents().find((agent) => agent.name === name);
    const isOpen = workers.isPublic(asked) || (await access.find(c)) !== null;
    // While no worker has said what there is, the page of the call tells its caller what became of it.
    const isExpected = known !== undefined || workers.reports().length === 0;
    if (!isOpen || !isExpected) {
      throw new ApiError(
        'unknown_agent',
        `${asked === null ? 'The default agent' : `An agent named ${JSON.stringify(name.slice(0, 64))}`} cannot be called ` +
          'from here. Its name must be right, and its definition must say `public: true`.',
        { field: 'agent' },
      );
    }
    const answer: EmbedAnswer = { agent: { name, title: known?.title ?? '' } };
    return c.json(answer);
  });
  return app;
}
