import { type AgentDefinition, agentDefinitionSchema } from '@parley/contracts/agent-definition';
import { scriptShapeSchema } from '@parley/contracts/script';
import { faultsOfScript } from '@parley/engine/flow/script-faults';
import type { ValueFault } from './definition-fault.ts';
import { issueFaults } from './issue-faults.ts';

type Checked =
  | { readonly kind: 'sound'; readonly definition: AgentDefinition }
  | { readonly kind: 'faulty'; readonly faults: readonly ValueFault[] };

/**
 * Whether a value is one agent, with its defaults filled in; else every fault of it. What names lead to, and the
 * notation of phrases, is looked at once the script around them has the right shape. Never throws.
 */
export function checkDefinition(value: unknown): Checked {
  const result = agentDefinitionSchema.safeParse(value);
  const issues = result.success ? [] : result.error.issues;
  const root = { schema: agentDefinitionSchema, value };
  const faults = [...issueFaults(issues, root), ...notationFaults(value)];
  return result.success && faults.length === 0
    ? { kind: 'sound', definition: result.data }
    : { kind: 'faulty', faults };
}

function notationFaults(value: unknown): readonly ValueFault[] {
  if (typeof value !== 'object' || value === null || !('script' in value)) return [];
  const shape = scriptShapeSchema.safeParse(value.script);
  if (!shape.success) return [];
  return faultsOfScript(shape.data).map(({ path, message }) => ({
    path: ['script', ...path],
    message,
    of: 'value',
  }));
}
