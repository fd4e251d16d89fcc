import type { z } from 'zod';
import { ProviderError } from './provider-error.ts';

/** What an agent file says under `settings`, with defaults. Throws ProviderError `bad_request` that names every fault. */
export function parseSettings<Schema extends z.ZodObject>(
  provider: string,
  schema: Schema,
  settings: Readonly<Record<string, unknown>>,
): z.output<Schema> {
  const parsed = schema.safeParse(settings);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(
    ({ path, message }) => `${['settings', ...path].join('.')}: ${message}`,
  );
  throw new ProviderError('bad_request', `${provider}: ${faults.join('; ')}`, { provider, retryable: false });
}
