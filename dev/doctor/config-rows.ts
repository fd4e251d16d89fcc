import type { ProjectSettings } from '../parley/settings-of-project.ts';
import { SCHEMAS, VARIABLES } from '../settings/catalogue.ts';
import { AGENT_SECRET_PREFIX } from '../settings/variable.ts';

/** A setting as it stands, for a person. */
export interface ConfigRow {
  readonly name: string;
  /** Secrets are masked; empty where nothing was given and there is no default. */
  readonly value: string;
  /** A layer, `default`, or `unset`. */
  readonly source: string;
  readonly description: string;
}

/** Every setting that some process reads, and every secret of agents, by name. */
export function configRows({ settings }: ProjectSettings): readonly ConfigRow[] {
  const names = new Set([...VARIABLES.keys(), ...settings.keys()]);
  return [...names].sort().map((name) => {
    const variable = VARIABLES.get(name);
    const description = variable?.description ?? 'A secret that agents refer to by name.';
    const given = settings.get(name);
    if (given !== undefined) {
      const isSecret = variable?.isSecret ?? name.startsWith(AGENT_SECRET_PREFIX);
      return { name, value: isSecret ? mask(given.value) : given.value, source: given.source, description };
    }
    const usual = defaultOf(name);
    return { name, value: usual ?? '', source: usual === null ? 'unset' : 'default', description };
  });
}

/** Enough to tell two secrets apart, and no more. */
function mask(secret: string): string {
  return secret.length >= 16 ? `${secret.slice(0, 2)}${'*'.repeat(6)}${secret.slice(-2)}` : '*'.repeat(8);
}

function defaultOf(name: string): string | null {
  for (const { shape } of Object.values(SCHEMAS)) {
    const parsed = shape[name]?.safeParse(undefined);
    if (parsed?.success === true && parsed.data !== undefined) return String(parsed.data);
  }
  return null;
}
