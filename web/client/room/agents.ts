import type { AgentsAnswer } from '@parley/contracts/http-api';
import { fieldsOf, textOf } from './json-fields.ts';

/** An agent that can be called. */
export type CallableAgent = AgentsAnswer['agents'][number];

/** `unknown`: the server did not say, because it is away or wants its access key first. */
export type AgentsOutcome =
  | { readonly kind: 'listed'; readonly agents: readonly CallableAgent[] }
  | { readonly kind: 'unknown' };

/** The agents that can be called, the default one first. Never rejects. */
export async function fetchAgents({
  fetch,
}: {
  readonly fetch: typeof globalThis.fetch;
}): Promise<AgentsOutcome> {
  try {
    const { agents } = fieldsOf(await (await fetch('/api/agents')).json());
    if (!Array.isArray(agents)) return { kind: 'unknown' };
    const listed = agents.flatMap(readAgent);
    return {
      kind: 'listed',
      agents: listed.sort((one, other) => Number(other.isDefault) - Number(one.isDefault)),
    };
  } catch {
    // The default agent can still be called; what is wrong is said at the click.
    return { kind: 'unknown' };
  }
}

function readAgent(value: unknown): CallableAgent[] {
  const fields = fieldsOf(value);
  const name = textOf(fields.name);
  if (!name) return [];
  return [
    {
      name,
      title: textOf(fields.title) || name,
      description: textOf(fields.description) ?? '',
      language: textOf(fields.language) ?? '',
      isDefault: fields.isDefault === true,
    },
  ];
}
