import type { WorkerReport } from '@parley/contracts/internal-api';
import type { Logger } from 'pino';
import type { Database } from '../database/database.ts';
import { isDatabaseAway } from '../database/is-away.ts';
import { noteAgent } from './agent-rows.ts';

/** Keeps every definition of an agent that a worker has announced, as a version. */
export interface AgentRegister {
  report(report: WorkerReport): void;
  /** Resolves when nothing is under way any more. */
  close(): Promise<void>;
}

export function createAgentRegister(deps: {
  readonly database: () => Database;
  readonly nowEpochMs: () => number;
  readonly log: Logger;
}): AgentRegister {
  /** The definition of each agent that was noted last, by its hash. */
  const noted = new Map<string, string>();
  let isNoting = false;
  let noting = Promise.resolve();

  const note = async (agents: WorkerReport['agents']) => {
    try {
      for (const agent of agents) {
        await noteAgent(deps.database(), agent, deps.nowEpochMs());
        noted.set(agent.name, agent.contentHash);
      }
    } catch (error) {
      const level = isDatabaseAway(error) ? 'debug' : 'error';
      deps.log[level](
        { err: error },
        'an agent could not be noted; the next report of its worker tells of it again',
      );
    }
    isNoting = false;
  };
  return {
    report({ agents }) {
      const unknown = agents.filter(({ name, contentHash }) => noted.get(name) !== contentHash);
      if (unknown.length === 0 || isNoting) return;
      isNoting = true;
      noting = note(unknown);
    },
    close: () => noting,
  };
}
