import { join } from 'node:path';
import { PROVIDERS } from '@parley/agent/call/choose-providers';
import { SIMULATED_KEY } from '@parley/agent/config/provider-variables';
import type { Provider } from '@parley/agent/runtime/provider';
import type { Settings } from '../settings/layers.ts';

/**
 * The settings with which agents ask simulated vendors in place of real ones. Addresses that somebody gave stay, so that
 * another simulator can stand in, and so do their keys; no other key is shown to anybody. Without a folder of agents
 * there is one whose model is asked, of which the examples have none.
 */
export function simulatedSettings(
  settings: Settings,
  { baseUrls, root }: { readonly baseUrls: Readonly<Record<string, string>>; readonly root: string },
): Settings {
  const simulated = new Map(settings);
  const put = (name: string, value: string) => simulated.set(name, { value, source: 'flag' });
  for (const { name, key, baseUrl } of Object.values(PROVIDERS).flat() as Provider<unknown>[]) {
    const simulator = baseUrls[name];
    if (baseUrl === null || simulator === undefined) continue;
    const isGiven = settings.has(baseUrl.variable);
    if (!isGiven) put(baseUrl.variable, simulator);
    if (key !== null && !(isGiven && settings.has(key))) put(key, SIMULATED_KEY);
  }
  if (!settings.has('PARLEY_AGENTS')) put('PARLEY_AGENTS', join(root, 'dev', 'simulators', 'agents'));
  return simulated;
}

/** The same for a Parley of a test's own, which has no settings of its machine. */
export function simulatedVariables(baseUrls: Readonly<Record<string, string>>): Record<string, string> {
  const none = new Map([['PARLEY_AGENTS', { value: '', source: 'flag' as const }]]);
  const { PARLEY_AGENTS: _, ...variables } = Object.fromEntries(
    [...simulatedSettings(none, { baseUrls, root: '' })].map(([name, { value }]) => [name, value]),
  );
  return variables;
}
