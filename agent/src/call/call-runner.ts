import { fileURLToPath } from 'node:url';
import type { AgentDefinition } from '@parley/contracts/agent-definition';
import type { Logger } from 'pino';
import { loadDefinitions } from '../definitions/load-definitions.ts';
import type { Clock } from '../runtime/clock.ts';
import { ProviderError } from '../runtime/provider-error.ts';
import type { CallRunner } from '../worker/contract.ts';
import { createEmbeddedStages } from './embedded-stages.ts';
import { createRunCall } from './run-call.ts';
import type { CallStages } from './stages.ts';

/** The examples that come with Parley; the same place from the sources and from what is built of them. */
const EXAMPLES_DIR = fileURLToPath(new URL('../../../examples/', import.meta.url));

/** What this process does with its calls: its agents, its stages, and the running of them. */
export async function createCallRunner(options: {
  readonly dataDir: string;
  /** A folder of agent files beside the examples, or null. */
  readonly agentsDir: string | null;
  readonly clock: Clock;
  readonly log: Logger;
  readonly random: () => number;
  readonly deleteRoom: (roomName: string) => Promise<void>;
}): Promise<CallRunner> {
  const { agentsDir, log } = options;
  const definitions = await loadDefinitions(agentsDir === null ? [EXAMPLES_DIR] : [EXAMPLES_DIR, agentsDir]);
  for (const fault of definitions.faults) log.error({ fault }, 'faulty agent file');
  const faults = [...definitions.faults];
  const embedded = await createEmbeddedStages({ clock: options.clock, log });
  return {
    runCall: createRunCall({
      dataDir: options.dataDir,
      definitions,
      stagesFor: embedded.stagesFor,
      deleteRoom: options.deleteRoom,
      randomSeed: () => Math.floor(options.random() * 2 ** 31),
      log,
    }),
    agents: () => [...definitions.agents.values()].map(({ summary }) => summary),
    defaultAgent: definitions.defaultAgent ?? '',
    faults: () => faults,
    stages: () => embedded.reports,
    async warm() {
      for (const { definition } of definitions.agents.values()) {
        try {
          await warmAgent(definition, embedded.stagesFor(definition));
        } catch (error) {
          // Its calls will fail and say why; the other agents take theirs.
          if (!(error instanceof ProviderError) || error.code !== 'bad_request') throw error;
          log.error({ err: error, agent: definition.name }, 'this agent cannot be spoken');
          faults.push(`${definition.name}: ${error.message}`);
        }
      }
    },
    close: embedded.close,
  };
}

async function warmAgent(definition: AgentDefinition, stages: CallStages): Promise<void> {
  const { greeting, resumeLine, apology } = definition;
  await Promise.all([stages.stt.warm(), stages.llm.warm(), stages.tts.warm()]);
  await stages.preload([greeting, resumeLine, apology]);
}
