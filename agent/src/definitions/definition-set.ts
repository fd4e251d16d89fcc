import type { AgentDefinition } from '@parley/contracts/agent-definition';
import { type DefinitionFault, fileFault } from './definition-fault.ts';
import type { AgentFile, LoadedAgent } from './read-agent-file.ts';

/** The agents that this process can be, and what is wrong with the files that it could not read. */
export interface DefinitionSet {
  readonly agents: ReadonlyMap<string, LoadedAgent>;
  /** The agent of a dispatch that names none: the first file by name. */
  readonly defaultAgent: string | null;
  readonly faults: readonly DefinitionFault[];
}

/** A file as it is now, and the agent of its last sound version. */
export interface KnownFile {
  readonly name: string;
  readonly read: AgentFile;
  readonly lastSound: LoadedAgent | null;
}

/** A folder's files, in the order of their names. */
export interface KnownFolder {
  readonly files: readonly KnownFile[];
  readonly faults: readonly DefinitionFault[];
}

/**
 * Puts the folders together. A later folder's agent replaces an earlier one of the same name; within a folder the first
 * file keeps a name. A file that became faulty goes on with its last sound version.
 */
export function definitionSet(folders: readonly KnownFolder[]): DefinitionSet {
  const agents = new Map<string, LoadedAgent>();
  const faults: DefinitionFault[] = [];
  for (const folder of folders) {
    faults.push(...folder.faults);
    const fileOf = new Map<string, string>();
    for (const { name: file, read, lastSound } of folder.files) {
      if (read.kind === 'faulty') faults.push(...read.faults);
      if (read.kind === 'faulty' && lastSound !== null) faults.push(goesOn(file, lastSound.definition));
      const agent = read.kind === 'sound' ? read.agent : lastSound;
      if (agent === null) continue;
      const { name } = agent.definition;
      const other = fileOf.get(name);
      if (other === undefined) {
        fileOf.set(name, file);
        agents.set(name, agent);
      } else if (read.kind === 'sound') {
        faults.push(read.faultOfName(`"${name}" is the name of the agent in ${other} already`));
      }
    }
  }
  return { agents, defaultAgent: agents.keys().next().value ?? null, faults };
}

function goesOn(file: string, { name }: AgentDefinition): DefinitionFault {
  return fileFault(file, `calls of "${name}" go on with the last sound version of this file`);
}
