import type { Clock } from '../runtime/clock.ts';
import type { KeptValues } from '../runtime/kept-values.ts';
import type { AgentsOutcome, CallableAgent } from './agents.ts';
import { chooseAgent } from './chosen-agent.ts';

export interface RosterView {
  /** Who can be called, the default one first; empty while the server does not say. */
  readonly agents: readonly CallableAgent[];
  /** Who is called; null leaves it to the server. */
  readonly chosen: string | null;
  /** The page stands for one agent and offers no other. */
  readonly isFixed: boolean;
}

/** Whom the page was opened for: the address may name an agent; a page that embeds this one offers no other (null: the default one). */
export type OpenedFor =
  | { readonly kind: 'anyone' }
  | { readonly kind: 'named'; readonly name: string }
  | { readonly kind: 'only'; readonly name: string | null };

/** Who can be called, and who was chosen; the choice is remembered. */
export interface AgentRoster {
  subscribe(listener: () => void): () => void;
  view(): RosterView;
  choose(name: string): void;
}

/** Workers that just start announce their agents within this time, in ms; and how often the page asks until then. */
const ASK_AGAIN_MS = 4_000;
const MAX_ASKING = 15;

export function createAgentRoster({
  openedFor,
  fetchAgents,
  kept,
  clock,
}: {
  readonly openedFor: OpenedFor;
  readonly fetchAgents: () => Promise<AgentsOutcome>;
  readonly kept: KeptValues;
  readonly clock: Clock;
}): AgentRoster {
  const listeners = new Set<() => void>();
  let named = openedFor.kind === 'anyone' ? null : openedFor.name;
  let current: RosterView = { agents: [], chosen: named, isFixed: openedFor.kind === 'only' };

  const show = (agents: readonly CallableAgent[]) => {
    const chosen = chooseAgent({ agents, named, remembered: current.isFixed ? null : kept.get('agent') });
    current = { ...current, agents, chosen };
    for (const listener of listeners) listener();
  };
  const ask = async (times: number) => {
    const outcome = await fetchAgents();
    if (outcome.kind === 'unknown') return;
    show(outcome.agents);
    if (outcome.agents.length === 0 && times < MAX_ASKING)
      clock.at(clock.nowMs() + ASK_AGAIN_MS, () => void ask(times + 1));
  };
  void ask(1);

  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    view: () => current,
    choose(name) {
      // A choice made here outranks the address that the page was opened by.
      named = null;
      kept.set('agent', name);
      show(current.agents);
    },
  };
}
