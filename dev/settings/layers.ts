import { resolve } from 'node:path';
import { AGENT_SECRET_PREFIX, type Reader, type Variable } from './variable.ts';

/** Where a value comes from, strongest first. */
export const SOURCES = ['flag', 'environment', '.env', 'keys.env'] as const;
export type Source = (typeof SOURCES)[number];

/** A value and where it comes from. */
export interface Setting {
  readonly value: string;
  readonly source: Source;
}

/** What each layer holds; an empty value counts as none. */
export type Layers = Readonly<Record<Source, Readonly<Record<string, string | undefined>>>>;

/** The settings that somebody gave, by name; the rest is left to the defaults of whoever reads them. */
export type Settings = ReadonlyMap<string, Setting>;

/** Takes each variable from the strongest layer that holds it. */
export function resolveSettings(variables: ReadonlyMap<string, Variable>, layers: Layers): Settings {
  const settings = new Map<string, Setting>();
  for (const source of [...SOURCES].reverse()) {
    for (const [name, value] of Object.entries(layers[source])) {
      const isKnown = variables.has(name) || name.startsWith(AGENT_SECRET_PREFIX);
      if (isKnown && value?.trim()) settings.set(name, { value, source });
    }
  }
  return settings;
}

/** Paths among the settings; as processes run elsewhere, they are handed on as absolute ones. */
const PATHS = new Set([
  'PARLEY_DATA',
  'PARLEY_AGENTS',
  'PARLEY_CACHE',
  'PARLEY_SMART_TURN',
  'PARLEY_PRICES',
  'PARLEY_TLS_CERT',
  'PARLEY_TLS_KEY',
]);

/**
 * The environment of a process: what the system holds without any setting of ours, then the settings that this process
 * reads and no others, then what the launcher decided. So no process holds a secret that it has no use for.
 */
export function environmentFor(options: {
  readonly reader: Reader;
  readonly variables: ReadonlyMap<string, Variable>;
  readonly settings: Settings;
  /** The environment of this process. */
  readonly system: Readonly<Record<string, string | undefined>>;
  readonly decided: Readonly<Record<string, string | undefined>>;
  /** Where relative paths begin. */
  readonly root: string;
}): Record<string, string> {
  const { reader, variables, settings, system, decided, root } = options;
  const environment: Record<string, string> = {};
  const isSecretOfAgents = (name: string) => name.startsWith(AGENT_SECRET_PREFIX) && !variables.has(name);
  const put = (name: string, value: string | undefined) => {
    if (value !== undefined) environment[name] = PATHS.has(name) ? resolve(root, value) : value;
  };
  for (const [name, value] of Object.entries(system)) {
    if (!variables.has(name) && !isSecretOfAgents(name)) put(name, value);
  }
  const isRead = (name: string) =>
    isSecretOfAgents(name) ? reader === 'agent' : variables.get(name)?.readers.includes(reader) === true;
  for (const [name, { value }] of settings) if (isRead(name)) put(name, value);
  for (const [name, value] of Object.entries(decided)) if (isRead(name)) put(name, value);
  return environment;
}
