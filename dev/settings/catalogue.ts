import { agentEnvironmentSchema } from '@parley/agent/config/settings';
import { serverEnvironmentSchema } from '@parley/web/server/config/settings';
import type { z } from 'zod';
import { launcherEnvironmentSchema } from './launcher-settings.ts';
import type { Reader, Variable } from './variable.ts';

/** What each process reads. */
export const SCHEMAS: Readonly<Record<Reader, z.ZodObject<Readonly<Record<string, z.ZodType>>>>> = {
  launcher: launcherEnvironmentSchema,
  server: serverEnvironmentSchema,
  agent: agentEnvironmentSchema,
};

/** Every variable that some process reads, by name; the launcher's description wins where several have one. */
export const VARIABLES: ReadonlyMap<string, Variable> = collect();

function collect(): Map<string, Variable> {
  const variables = new Map<string, Variable>();
  for (const [reader, schema] of Object.entries(SCHEMAS) as [Reader, (typeof SCHEMAS)[Reader]][]) {
    for (const [name, field] of Object.entries(schema.shape)) {
      const meta = field.meta() ?? {};
      const known = variables.get(name);
      variables.set(name, {
        name,
        description: known?.description ?? String(meta.description ?? ''),
        isSecret: known?.isSecret === true || meta.secret === true,
        readers: [...(known?.readers ?? []), reader],
      });
    }
  }
  return variables;
}
