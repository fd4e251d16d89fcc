/** A process of ours that reads settings. */
export type Reader = 'launcher' | 'server' | 'agent';

/** One environment variable, as the schemas of its readers know it. */
export interface Variable {
  readonly name: string;
  readonly description: string;
  /** Never printed. */
  readonly isSecret: boolean;
  readonly readers: readonly Reader[];
}

/** What agents may refer to by name in a definition: only the agent's processes get these. */
export const AGENT_SECRET_PREFIX = 'PARLEY_SECRET_';
