import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApiKeyStore } from '../api-keys/api-key-store.ts';
import type { Database } from '../database/database.ts';
import { databaseKinds, type TestData } from '../database/testing/test-databases.ts';
import { createLoginStore } from '../login/login-store.ts';

describe.each(databaseKinds())('on $name', (kind) => {
  let data: TestData;
  let database: Database;
  beforeAll(async () => {
    await kind.start();
    data = await kind.newData();
    database = await data.open();
  }, 120_000);
  afterAll(async () => {
    await data.close();
    await kind.stop();
  });

  it('API keys are found until they are deleted, once', async () => {
    const store = createApiKeyStore(() => database);
    const key = { keyId: 'a', name: 'x', scopes: ['admin' as const], createdAtMs: 5, lastUsedAtMs: null };
    await store.add({ ...key, secretHash: 'one' });
    await store.add({ ...key, keyId: 'b', createdAtMs: 6, secretHash: 'two' });
    expect((await store.list()).map(({ keyId }) => keyId)).toEqual(['b', 'a']);
    await store.used('a', 9);
    expect(await store.find('a')).toEqual({ ...key, lastUsedAtMs: 9, secretHash: 'one' });
    expect([await store.remove('a', 10), await store.remove('a', 11)]).toEqual([true, false]);
    expect(await store.find('a')).toBeNull();
    await expect(store.add({ ...key, secretHash: 'three' })).rejects.toThrow();
  });

  it('the first password is set once, and another ends every login', async () => {
    const store = createLoginStore(() => database);
    const set = (hash: string, isFirst: boolean) => store.setPasswordHash(hash, { isFirst, nowMs: 1 });
    const outcomes = await Promise.all([set('one', true), set('two', true), set('three', true)]);
    expect(outcomes.filter(Boolean)).toHaveLength(1);
    await store.addSession({ tokenHash: 't', createdAtMs: 1, expiresAtMs: 10 });
    expect([await store.hasSession('t', 9), await store.hasSession('t', 10)]).toEqual([true, false]);
    expect(await set('four', false)).toBe(true);
    expect(await store.passwordHash()).toBe('four');
    expect(await store.hasSession('t', 9)).toBe(false);
  });
});
