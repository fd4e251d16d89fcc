import { fileURLToPath } from 'node:url';
import type { AgentDefinition } from '@parley/contracts/agent-definition';
import type { PriceTable } from '@parley/engine/cost/price-table';
import type { Logger } from 'pino';
import type { ProviderAccess } from '../config/provider-variables.ts';
import { faultInWords } from '../definitions/definition-fault.ts';
import { openDefinitionFiles } from '../definitions/definition-files.ts';
import type { DefinitionSet } from '../definitions/definition-set.ts';
import { watchDefinitions } from '../definitions/watch-definitions.ts';
import type { Clock } from '../runtime/clock.ts';
import { ProviderError } from '../runtime/provider-error.ts';
import type { Shipper } from '../shipping/shipper.ts';
import type { ReadCommand } from '../transport/read-command.ts';
import type { CallRunner } from '../worker/contract.ts';
import { createAgentFaults } from './agent-faults.ts';
import { createAgentStages } from './agent-stages.ts';
import { openCallStages } from './call-stages.ts';
import type { WatchCall } from './call-watch.ts';
import { EMBEDDED_NAMES } from './choose-providers.ts';
import type { AskServer } from './earlier-call.ts';
import { createRunCall } from './run-call.ts';
import { preloadLines, warmStages } from './warm-stages.ts';

/** Of stages that are made warm ahead of any call. */
const NOBODYS = { onSwitched: () => {}, onHearingLost: () => {}, onHeard: () => {} };

/** The examples that come with Parley; the same place from the sources and from what is built of them. */
const EXAMPLES_DIR = fileURLToPath(new URL('../../../examples/', import.meta.url));

/** What this process does with its calls: its agents, its stages, and the running of them. */
export async function createCallRunner(options: {
  readonly dataDir: string;
  /** A folder of agent files beside the examples, or null. */
  readonly agentsDir: string | null;
  /** File of the end-of-turn model, or null. */
  readonly smartTurnFile: string | null;
  /** Keys and addresses of the vendors. */
  readonly providers: ProviderAccess;
  readonly prices: PriceTable;
  readonly clock: Clock;
  readonly log: Logger;
  readonly random: () => number;
  readonly deleteRoom: (roomName: string) => Promise<void>;
  readonly readCommand: ReadCommand;
  /** What the server has of a call's earlier generations; null: there is no server. */
  readonly askServer: AskServer | null;
  /** Ships the journals; null: there is no server. */
  readonly shipper: Shipper | null;
  readonly sendsFiles: boolean;
  readonly watchCall: WatchCall;
  readonly onAgentsChanged: () => void;
}): Promise<CallRunner> {
  const { agentsDir, providers: access, clock, log } = options;
  const folders = agentsDir === null ? [EXAMPLES_DIR] : [EXAMPLES_DIR, agentsDir];
  const [files, agentStages] = await Promise.all([
    openDefinitionFiles(folders, { faultsHere: createAgentFaults(access), clock }),
    createAgentStages({ smartTurnFile: options.smartTurnFile, access, clock, log }),
  ]);
  /** What only the stages themselves found, when they were made warm. */
  const unspeakable = new Map<AgentDefinition, string>();
  let known: DefinitionSet = { agents: new Map(), defaultAgent: null, faults: [] };
  const warmed = new WeakSet<AgentDefinition>();

  /** Takes up the files as they are now: tells what is wrong with them, and lets go of what was replaced. */
  const adopt = () => {
    const former = known;
    known = files.current;
    const told = new Set(former.faults.map(faultInWords));
    for (const fault of known.faults.map(faultInWords))
      if (!told.has(fault)) log.error(`faulty agent file: ${fault}`);
    const current = definitionsOf(known);
    for (const definition of definitionsOf(former)) {
      if (current.has(definition)) continue;
      unspeakable.delete(definition);
      agentStages.retire(definition);
    }
  };

  /** Makes an agent's first call as quick as the next. Throws what only another try can mend. */
  const warmAgent = async (definition: AgentDefinition) => {
    // Another change may have come while the one before was made warm.
    if (warmed.has(definition) || !definitionsOf(known).has(definition)) return;
    try {
      await warmStagesOf(definition);
    } catch (error) {
      // Its calls will fail and say why; the other agents take theirs.
      if (!(error instanceof ProviderError) || error.code !== 'bad_request') throw error;
      log.error({ err: error, agent: definition.name }, 'this agent cannot be spoken');
      if (definitionsOf(known).has(definition))
        unspeakable.set(definition, `${definition.name}: ${error.message}`);
    }
    warmed.add(definition);
  };
  const warmStagesOf = async (definition: AgentDefinition) => {
    const { value: order, release } = agentStages.take(definition);
    const { health } = agentStages;
    const stages = openCallStages({ order, hedgeAfterMs: null, health, news: NOBODYS, clock, log });
    try {
      await warmStages(stages);
      await preloadLines(order, definition, clock);
    } finally {
      await stages.close();
      release();
    }
  };
  let isClosed = false;
  let warming: Promise<void> = Promise.resolve();
  /** One after the other, behind whatever is under way: a call that comes first makes its own stages warm. */
  const warmInBackground = () => {
    warming = warming.then(async () => {
      for (const definition of definitionsOf(known)) {
        if (isClosed) return;
        await warmAgent(definition).catch((err) => {
          // Stages that are closed meanwhile are not made warm.
          if (isClosed) return;
          log.warn({ err, agent: definition.name }, 'an agent is not warm; its first call will be slower');
        });
      }
    });
  };

  adopt();
  const watch = watchDefinitions({
    files,
    clock,
    onChanged() {
      log.info('the agent files have changed; the next call has them');
      adopt();
      warmInBackground();
      options.onAgentsChanged();
    },
  });

  return {
    runCall: createRunCall({
      dataDir: options.dataDir,
      definitions: () => files.current,
      prices: options.prices,
      takeStages: agentStages.take,
      health: agentStages.health,
      deleteRoom: options.deleteRoom,
      readCommand: options.readCommand,
      askServer: options.askServer,
      shipper: options.shipper,
      sendsFiles: options.sendsFiles,
      watchCall: options.watchCall,
      clock,
      randomSeed: () => Math.floor(options.random() * 2 ** 31),
      log,
    }),
    agents: () => [...files.current.agents.values()].map(({ summary }) => summary),
    defaultAgent: () => files.current.defaultAgent ?? '',
    faults: () => [...files.current.faults.map(faultInWords), ...unspeakable.values()],
    stages: agentStages.reports,
    // Whoever names no agent waits for nothing; a folder of a hundred agents delays no start.
    async warm() {
      const first = known.agents.get(known.defaultAgent ?? '');
      if (first !== undefined)
        await warmAgent(first.definition).catch((err) => {
          // A vendor that is away, or refuses a key, keeps no process from answering for the agents of others.
          if (!(err instanceof ProviderError) || runsHere(err)) throw err;
          log.error({ err, agent: first.definition.name }, 'a vendor of this agent cannot be used');
        });
      warmInBackground();
    },
    async close() {
      isClosed = true;
      await watch.close();
      await agentStages.close();
    },
  };
}

function runsHere({ provider }: ProviderError): boolean {
  return Object.values<string>(EMBEDDED_NAMES).includes(provider);
}

function definitionsOf({ agents }: DefinitionSet): ReadonlySet<AgentDefinition> {
  return new Set([...agents.values()].map(({ definition }) => definition));
}
