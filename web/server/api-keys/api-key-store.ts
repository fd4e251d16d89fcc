import { type ApiKey, scopeSchema } from '@parley/contracts/access-api';
import type { Selectable } from 'kysely';
import { z } from 'zod';
import type { Database } from '../database/database.ts';
import type { ApiKeysTable } from '../database/tables.ts';

/** A key as it is stored: without the key. */
export interface StoredApiKey extends ApiKey {
  /** SHA-256, in hex. */
  readonly secretHash: string;
}

export interface ApiKeyStore {
  add(key: StoredApiKey): Promise<void>;
  /** Null where there is none, and where it was deleted. */
  find(keyId: string): Promise<StoredApiKey | null>;
  /** The newest first. */
  list(): Promise<readonly ApiKey[]>;
  used(keyId: string, atMs: number): Promise<void>;
  /** False where there is none. Its row stays, so that its id is never given again. */
  remove(keyId: string, atMs: number): Promise<boolean>;
}

export function createApiKeyStore(database: () => Database): ApiKeyStore {
  const keys = () => database().db.selectFrom('api_keys').selectAll().where('revoked_at_ms', 'is', null);
  const change = () => database().db.updateTable('api_keys').where('revoked_at_ms', 'is', null);
  return {
    async add({ keyId, name, scopes, secretHash, createdAtMs, lastUsedAtMs }) {
      const row = {
        key_id: keyId,
        name,
        key_hash: secretHash,
        scopes_json: JSON.stringify(scopes),
        created_at_ms: createdAtMs,
        used_at_ms: lastUsedAtMs,
        revoked_at_ms: null,
      };
      await database().db.insertInto('api_keys').values(row).execute();
    },
    async find(keyId) {
      const row = await keys().where('key_id', '=', keyId).executeTakeFirst();
      return row === undefined ? null : { ...readKey(row), secretHash: row.key_hash };
    },
    async list() {
      const rows = await keys().orderBy('created_at_ms', 'desc').orderBy('key_id').execute();
      return rows.map(readKey);
    },
    async used(keyId, atMs) {
      await change().set({ used_at_ms: atMs }).where('key_id', '=', keyId).execute();
    },
    async remove(keyId, atMs) {
      const { numUpdatedRows } = await change()
        .set({ revoked_at_ms: atMs })
        .where('key_id', '=', keyId)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },
  };
}

const scopesSchema = z.array(scopeSchema);

function readKey(row: Selectable<ApiKeysTable>): ApiKey {
  return {
    keyId: row.key_id,
    name: row.name,
    scopes: scopesSchema.parse(JSON.parse(row.scopes_json)),
    createdAtMs: row.created_at_ms,
    lastUsedAtMs: row.used_at_ms,
  };
}
