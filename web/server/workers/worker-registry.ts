import type { AgentSummary, WorkerReport } from '@parley/contracts/internal-api';
import type { Clock } from '../runtime/clock.ts';

/** How long a worker that says nothing is believed in, in ms. Source: it reports every 2 s. */
const FORGET_AFTER_MS = 6_000;
/** More than any installation has; a worker that invents names cannot fill the memory. */
const MAX_WORKERS = 1_000;

/** What a call can hope for. */
export interface WorkerSupply {
  /** Workers that LiveKit can give a job to, full ones among them. */
  readonly registered: number;
  /** Of those, the ones that would take it. */
  readonly ready: number;
  /** Whether one of them announces the agent. */
  readonly isAgentKnown: boolean;
}

/** The worker processes, by their own reports. */
export interface WorkerRegistry {
  report(report: WorkerReport): void;
  /** Of the workers that were heard of lately. */
  reports(): readonly WorkerReport[];
  /** The agents that they announce, by name, each once. */
  agents(): readonly AgentSummary[];
  /** Whether an agent may be called by everybody; null is the default one. One that no worker announces may not. */
  isPublic(agent: string | null): boolean;
  /** The agent of a token that names none; null while nobody has said. */
  defaultAgent(): string | null;
  /** Supply for an agent; null is the default one. */
  supply(agent: string | null): WorkerSupply;
}

export function createWorkerRegistry({ clock }: { readonly clock: Clock }): WorkerRegistry {
  const heard = new Map<string, { readonly report: WorkerReport; readonly atMs: number }>();
  const reports = () => {
    for (const [workerId, { atMs }] of heard)
      if (clock.nowMs() - atMs > FORGET_AFTER_MS) heard.delete(workerId);
    return [...heard.values()].map(({ report }) => report);
  };
  const agents = () => {
    const byName = new Map(reports().flatMap((report) => report.agents.map((agent) => [agent.name, agent])));
    return [...byName.values()].sort((one, other) => one.name.localeCompare(other.name));
  };
  const defaultAgent = () => reports().find((report) => report.defaultAgent !== '')?.defaultAgent ?? null;
  return {
    report(report) {
      if (report.state === 'stopped') heard.delete(report.workerId);
      else if (heard.has(report.workerId) || reports().length < MAX_WORKERS) {
        heard.set(report.workerId, { report, atMs: clock.nowMs() });
      }
    },
    reports,
    agents,
    isPublic(agent) {
      const wanted = agent ?? defaultAgent();
      return agents().some(({ name, isPublic }) => name === wanted && isPublic);
    },
    defaultAgent,
    supply(agent) {
      const registered = reports().filter(({ isRegistered, state }) => isRegistered && state !== 'starting');
      const wanted = agent ?? defaultAgent();
      return {
        registered: registered.length,
        ready: registered.filter(({ state }) => state === 'ready').length,
        isAgentKnown: registered.some((report) => report.agents.some(({ name }) => name === wanted)),
      };
    },
  };
}
