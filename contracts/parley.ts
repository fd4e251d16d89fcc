import type { AgentDefinitionInput } from './agent-definition.ts';

/**
 * What an agent file in TypeScript imports as `parley`.
 *
 * Gives the definition back as it is: only so that an editor knows what may stand in it. What holds is checked when
 * the file is loaded.
 */
export function defineAgent(definition: AgentDefinitionInput): AgentDefinitionInput {
  return definition;
}
