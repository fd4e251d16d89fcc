import type { AgentDefinition } from '@parley/contracts/agent-definition';
import type { ProviderAccess } from '../config/provider-variables.ts';
import type { ValueFault } from '../definitions/definition-fault.ts';
import { type Chosen, chooseProviders } from './choose-providers.ts';
import { embeddedFaults } from './embedded-faults.ts';

/** Finds what keeps a sound definition from being called on this machine: its providers, keys, and what they can say. */
export function createAgentFaults(
  access: ProviderAccess,
): (definition: AgentDefinition) => readonly ValueFault[] {
  return (definition) => {
    const { chosen, faults } = chooseProviders(definition, access);
    if (faults.length > 0) return faults;
    const { stt, llm, tts } = chosen;
    return embeddedFaults(definition, { stt: runsHere(stt), llm: runsHere(llm), tts: runsHere(tts) });
  };
}

function runsHere(order: readonly Chosen<unknown>[]): boolean {
  return order.some(({ kind }) => kind === 'embedded');
}
