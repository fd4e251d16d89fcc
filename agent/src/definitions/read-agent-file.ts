import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { AgentDefinition } from '@parley/contracts/agent-definition';
import type { AgentSummary } from '@parley/contracts/internal-api';
import type { Clock } from '../runtime/clock.ts';
import { checkDefinition } from './check-definition.ts';
import { type DefinitionFault, fileFault, placeFaults, type ValueFault } from './definition-fault.ts';
import { type ReadModule, readModule } from './read-module.ts';
import { readYaml } from './read-yaml.ts';

/** One agent as this process can be it. */
export interface LoadedAgent {
  readonly definition: AgentDefinition;
  readonly summary: AgentSummary;
}

/** An agent file, read. */
export type AgentFile = {
  /** The file and those that it imports: a change of any makes it another. Absolute paths. */
  readonly files: readonly string[];
} & (
  | {
      readonly kind: 'sound';
      readonly agent: LoadedAgent;
      /** A fault at the place of the agent's name. */
      readonly faultOfName: (message: string) => DefinitionFault;
    }
  | { readonly kind: 'faulty'; readonly faults: readonly DefinitionFault[] }
);

export interface AgentFileReader {
  /** What keeps a sound definition from being called on this machine: a voice or a key that is not there. */
  readonly faultsHere: (definition: AgentDefinition) => readonly ValueFault[];
  readonly clock: Clock;
}

/** Larger is no agent file, in bytes. The largest script that the schema allows and a person would write is a tenth. */
const MOST_BYTES = 1_048_576;

const YAML = /\.ya?ml$/;
const TYPESCRIPT = /\.m?ts$/;

/** Whether a file of a folder is taken for an agent: what begins with `_` or `.`, and tests and types, is not. */
export function isAgentFileName(name: string): boolean {
  if (/^[_.]/.test(name) || /\.(d|test)\.m?ts$/.test(name)) return false;
  return YAML.test(name) || TYPESCRIPT.test(name);
}

/** Reads the file at `at`, which faults call `file`. Never rejects: whatever is wrong with it is a fault. */
export async function readAgentFile(file: string, at: string, reader: AgentFileReader): Promise<AgentFile> {
  const raw = await readRaw(file, path.resolve(at), reader.clock);
  const { files } = raw;
  if (raw.kind === 'faulty') return { kind: 'faulty', faults: raw.faults, files };
  const checked = checkDefinition(raw.value);
  const faults = checked.kind === 'sound' ? reader.faultsHere(checked.definition) : checked.faults;
  if (checked.kind === 'faulty' || faults.length > 0)
    return { kind: 'faulty', faults: placeFaults(file, faults, raw.locate), files };
  const nameAt = raw.locate(['name'], 'value');
  return {
    kind: 'sound',
    agent: { definition: checked.definition, summary: summaryOf(checked.definition) },
    faultOfName: (message) => ({ ...fileFault(file, message, nameAt), path: 'name' }),
    files,
  };
}

async function readRaw(file: string, at: string, clock: Clock): Promise<ReadModule> {
  const faulty = (message: string): ReadModule => ({
    kind: 'faulty',
    faults: [fileFault(file, message)],
    files: [at],
  });
  if (!YAML.test(at) && !TYPESCRIPT.test(at))
    return faulty('is no agent file: it must end in .yaml, .yml, .ts or .mts');
  try {
    const found = await stat(at);
    if (found.isDirectory()) return faulty('is a folder, not a file');
    if (!found.isFile()) return faulty('is not a plain file');
    if (found.size > MOST_BYTES)
      return faulty(`has ${found.size} bytes; an agent file has at most ${MOST_BYTES}`);
    const text = new TextDecoder('utf-8', { fatal: true }).decode(await readFile(at));
    if (text.trim() === '') return faulty('is empty');
    if (TYPESCRIPT.test(at)) return await readModule(file, at, clock);
    return { ...readYaml(file, text), files: [at] };
  } catch (error) {
    return faulty(unreadable(error));
  }
}

function unreadable(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'is not there';
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return 'is not UTF-8 text; save it as UTF-8';
  return `cannot be read: ${error instanceof Error ? error.message : String(error)}`;
}

function summaryOf(definition: AgentDefinition): AgentSummary {
  const { name, title, description, language } = definition;
  const contentHash = createHash('sha256').update(JSON.stringify(definition)).digest('hex');
  return { name, title, description, language, isPublic: definition.public, contentHash };
}
