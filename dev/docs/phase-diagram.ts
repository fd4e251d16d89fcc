import { DocsError } from './docs-error.ts';
import { OUTSIDE, type Transitions } from './observed-phases.ts';

/** A Mermaid state diagram: the phases in their order, and of each the ways out of it with the events that took them. */
export function phaseDiagram(phases: Readonly<Record<string, string>>, transitions: Transitions): string {
  const order = [OUTSIDE, ...Object.keys(phases)];
  const reached = new Set([...transitions.values()].flatMap((ways) => [...ways.keys()]));
  const missing = Object.keys(phases).filter((phase) => !reached.has(phase));
  if (missing.length > 0)
    throw new DocsError(
      'phase_not_observed',
      `No call of dev/docs/seeded-calls.ts came into the phase ${missing.join(', ')}: add what leads into it.`,
    );
  const edges = order.flatMap((from) =>
    order.flatMap((to) => {
      const causes = transitions.get(from)?.get(to);
      return causes === undefined ? [] : [`  ${from} --> ${to} : ${[...causes].sort().join('<br/>')}`];
    }),
  );
  const states = Object.entries(phases).map(([phase, is]) => `  ${phase} : ${phase}<br/>${is}`);
  return ['```mermaid', 'stateDiagram-v2', ...states, ...edges, '```'].join('\n');
}
