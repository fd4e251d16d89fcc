import type { CallableAgent } from './agents.ts';

/**
 * Which agent a call goes to: the one that the address names, else the remembered one while it can be called, else the
 * default one. Null leaves the choice to the server. An agent that the address names and nobody lists is asked for all
 * the same: the server says what is wrong with it.
 */
export function chooseAgent({
  agents,
  named,
  remembered,
}: {
  readonly agents: readonly CallableAgent[];
  readonly named: string | null;
  readonly remembered: string | null;
}): string | null {
  if (named) return named;
  const known = agents.find(({ name }) => name === remembered) ?? agents.find(({ isDefault }) => isDefault);
  return known?.name ?? null;
}
