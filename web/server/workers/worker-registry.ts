import type { AgentSummary, WorkerReport } from '@parley/contracts/internal-api';
import type { Clock } from '../runtime/clock.ts';

/** How long a worker that says nothing is believed in, in ms. Source: it reports every 2 s. */
const FORGET_AFTER_MS = 6_000;
/** A worker that was silent for longer in between, in ms, has only begun to be heard of. */
const GAP_MS = 4_000;
/** How long one that is lost is remembered, in ms. */
const REMEMBER_LOST_MS = 60_000;
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
  /**
   * Whether a worker was heard of and is no more, while another has been all the time: so that a server which stood
   * still itself takes nobody for lost.
   */
  standsStill(workerId: string): boolean;
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

interface Heard {
  readonly report: WorkerReport;
  readonly atMs: number;
  /** Since when there was no gap between its reports. */
  readonly steadySinceMs: number;
}

export function createWorkerRegistry({ clock }: { readonly clock: Clock }): WorkerRegistry {
  const heard = new Map<string, Heard>();
  /** Workers that fell silent without a goodbye, by the instant at which they were forgotten. */
  const lost = new Map<string, number>();
  const prune = () => {
    const nowMs = clock.nowMs();
    for (const [workerId, { atMs }] of heard) {
      if (nowMs - atMs <= FORGET_AFTER_MS) continue;
      heard.delete(workerId);
      lost.set(workerId, nowMs);
    }
    for (const [workerId, atMs] of lost) if (nowMs - atMs > REMEMBER_LOST_MS) lost.delete(workerId);
  };
  const reports = () => {
    prune();
    return [...heard.values()].map(({ report }) => report);
  };
  const agents = () => {
    const byName = new Map(reports().flatMap((report) => report.agents.map((agent) => [agent.name, agent])));
    return [...byName.values()].sort((one, other) => one.name.localeCompare(other.name));
  };
  const defaultAgent = () => reports().find((report) => report.defaultAgent !== '')?.defaultAgent ?? null;
  return {
    report(report) {
      const { workerId } = report;
      const atMs = clock.nowMs();
      lost.delete(workerId);
      if (report.state === 'stopped') return void heard.delete(workerId);
      const before = heard.get(workerId);
      if (before === undefined && reports().length >= MAX_WORKERS) return;
      const isSteady = before !== undefined && atMs - before.atMs <= GAP_MS;
      heard.set(workerId, { report, atMs, steadySinceMs: isSteady ? before.steadySinceMs : atMs });
    },
    standsStill(workerId) {
      prune();
      const steadySinceMs = clock.nowMs() - FORGET_AFTER_MS - GAP_MS;
      return lost.has(workerId) && [...heard.values()].some((other) => other.steadySinceMs <= steadySinceMs);
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
