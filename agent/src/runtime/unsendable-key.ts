import { ProviderError } from './provider-error.ts';

/** What a header can carry, white space around it aside. Source: RFC 9110, section 5.5. */
const SENDABLE = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * The error of a key that no header can carry, such as one with a line break in it; null where there is none. Whoever makes
 * headers of such a key quotes it in its own error.
 */
export function unsendableKeyError(provider: string, keys: readonly string[]): ProviderError | null {
  if (keys.every((key) => SENDABLE.test(key.trim()))) return null;
  const message = `${provider}: the key has a character that cannot be sent; copy it again`;
  return new ProviderError('auth', message, { provider, retryable: false });
}
