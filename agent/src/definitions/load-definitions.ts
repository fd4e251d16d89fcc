import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { type AgentDefinition, agentDefinitionSchema } from '@parley/contracts/agent-definition';
import type { AgentSummary } from '@parley/contracts/internal-api';
import { faultsOfScript } from '@parley/engine/flow/script-faults';
import { parseDocument } from 'yaml';

/** The agents that this process can be, and what is wrong with the files that it could not read. */
export interface Definitions {
  readonly agents: ReadonlyMap<string, LoadedAgent>;
  /** The agent of a dispatch that names none: the first file by name. */
  readonly defaultAgent: string | null;
  /** In words, each with its file's name first. */
  readonly faults: readonly string[];
}

export interface LoadedAgent {
  readonly definition: AgentDefinition;
  readonly summary: AgentSummary;
}

/** Reads every `.yaml` file of the folders; a later folder's agent replaces an earlier one of the same name. */
export async function loadDefinitions(folders: readonly string[]): Promise<Definitions> {
  const agents = new Map<string, LoadedAgent>();
  const faults: string[] = [];
  for (const folder of folders) {
    for (const file of await yamlFilesIn(folder, faults)) {
      const parsed = parseDefinition(await readFile(path.join(folder, file), 'utf8'));
      if (parsed.kind === 'faulty') faults.push(...parsed.faults.map((fault) => `${file}: ${fault}`));
      else
        agents.set(parsed.definition.name, {
          definition: parsed.definition,
          summary: summaryOf(parsed.definition),
        });
    }
  }
  return { agents, defaultAgent: agents.keys().next().value ?? null, faults };
}

async function yamlFilesIn(folder: string, faults: string[]): Promise<string[]> {
  try {
    const names = await readdir(folder);
    return names.filter((name) => /\.ya?ml$/.test(name)).sort();
  } catch (error) {
    faults.push(`${folder}: cannot be read (${error instanceof Error ? error.message : String(error)})`);
    return [];
  }
}

type Parsed =
  | { readonly kind: 'sound'; readonly definition: AgentDefinition }
  | { readonly kind: 'faulty'; readonly faults: readonly string[] };

/** Reads one definition; every fault is named with its line where the file has one. */
export function parseDefinition(text: string): Parsed {
  const document = parseDocument(text);
  if (document.errors.length > 0)
    return { kind: 'faulty', faults: document.errors.map(({ message }) => message) };
  const result = agentDefinitionSchema.safeParse(document.toJS());
  if (result.success) {
    const faults = faultsOfScript(result.data.script);
    if (faults.length === 0) return { kind: 'sound', definition: result.data };
    return {
      kind: 'faulty',
      faults: faults.map((fault) => `script.${fault.path.join('.')}: ${fault.message}`),
    };
  }
  return {
    kind: 'faulty',
    faults: result.error.issues.map((issue) => `${issue.path.join('.') || '(the file)'}: ${issue.message}`),
  };
}

function summaryOf(definition: AgentDefinition): AgentSummary {
  const { name, title, language } = definition;
  const contentHash = createHash('sha256').update(JSON.stringify(definition)).digest('hex');
  return { name, title, description: '', language, isPublic: false, contentHash };
}
