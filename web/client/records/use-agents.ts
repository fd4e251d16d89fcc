import { useEffect, useState } from 'react';
import { type CallableAgent, fetchAgents } from '../room/agents.ts';

/** The agents that are there now; none while the server does not say. */
export function useAgents(): readonly CallableAgent[] {
  const [agents, setAgents] = useState<readonly CallableAgent[]>([]);
  useEffect(() => {
    let isShown = true;
    void fetchAgents({ fetch: window.fetch }).then((asked) => {
      if (isShown && asked.kind === 'listed') setAgents(asked.agents);
    });
    return () => {
      isShown = false;
    };
  }, []);
  return agents;
}
