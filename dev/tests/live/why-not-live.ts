import type { ProviderAccess } from '@parley/agent/config/provider-variables';
import type { Provider } from '@parley/agent/runtime/provider';

/** Why a vendor cannot be asked in earnest on this machine, as a sentence without its full stop; null where it can. */
export function whyNotLive(
  { key, baseUrl }: Provider<unknown>,
  { keys, baseUrls }: ProviderAccess,
): string | null {
  if (key !== null) return keys[key] === undefined ? `${key} is not set` : null;
  if (baseUrl === null) return 'it runs in this process, and npm test tries it';
  return baseUrls[baseUrl.variable] === undefined ? `${baseUrl.variable} is not set` : null;
}
