import type { ApiKey, MadeApiKey, NewApiKey, Scope } from '@parley/contracts/access-api';
import type { ApiKeyStore } from './api-key-store.ts';
import { hashSecret, isSecretOf, makeKeyText, readKeyText, writeKeyText } from './key-text.ts';

/** How exactly the last use of a key is kept, in ms: a key that is used all the time costs a write a minute. */
const LAST_USE_EVERY_MS = 60_000;

/** The keys with which programs use the API. */
export interface ApiKeys {
  /** Makes a key. Its text stands in the answer and nowhere else. */
  make(wanted: NewApiKey): Promise<MadeApiKey>;
  /** The newest first. */
  list(): Promise<readonly ApiKey[]>;
  /** From now on it opens nothing; calls that were begun with it stay. False where there is none. */
  revoke(keyId: string): Promise<boolean>;
  /** What a key may; null where it is none of ours. */
  verify(key: string): Promise<{ readonly keyId: string; readonly scopes: readonly Scope[] } | null>;
}

export function createApiKeys({
  store,
  nowEpochMs,
}: {
  readonly store: ApiKeyStore;
  readonly nowEpochMs: () => number;
}): ApiKeys {
  return {
    async make({ name, scopes }) {
      const text = makeKeyText();
      const { keyId, secret } = text;
      const times = { createdAtMs: nowEpochMs(), lastUsedAtMs: null };
      const made: ApiKey = { keyId, name, scopes: [...new Set(scopes)], ...times };
      await store.add({ ...made, secretHash: hashSecret(secret) });
      return { ...made, key: writeKeyText(text) };
    },
    list: () => store.list(),
    revoke: (keyId) => store.remove(keyId, nowEpochMs()),
    async verify(key) {
      const text = readKeyText(key);
      const stored = text === null ? null : await store.find(text.keyId);
      if (text === null || stored === null || !isSecretOf(text.secret, stored.secretHash)) return null;
      const { keyId, scopes, lastUsedAtMs } = stored;
      const nowMs = nowEpochMs();
      if (nowMs - (lastUsedAtMs ?? 0) >= LAST_USE_EVERY_MS) await store.used(keyId, nowMs);
      return { keyId, scopes };
    },
  };
}
