import type { Database } from '../database/database.ts';

/** There is one person to log in: who runs the server. */
const LOGIN = 'admin';

export interface LoginStore {
  /** Null before the first password. */
  passwordHash(): Promise<string | null>;
  /** Stores it and ends every session. False, and nothing done, where it is meant as the first and there is one. */
  setPasswordHash(
    hash: string,
    options: { readonly isFirst: boolean; readonly nowMs: number },
  ): Promise<boolean>;
  addSession(session: {
    readonly tokenHash: string;
    readonly createdAtMs: number;
    readonly expiresAtMs: number;
  }): Promise<void>;
  hasSession(tokenHash: string, nowMs: number): Promise<boolean>;
  removeSession(tokenHash: string): Promise<void>;
}

export function createLoginStore(database: () => Database): LoginStore {
  return {
    async passwordHash() {
      const row = await database()
        .db.selectFrom('logins')
        .select('password_hash')
        .where('login', '=', LOGIN)
        .executeTakeFirst();
      return row?.password_hash ?? null;
    },
    setPasswordHash(hash, { isFirst, nowMs }) {
      const row = { login: LOGIN, password_hash: hash, created_at_ms: nowMs };
      return database()
        .db.transaction()
        .execute(async (trx) => {
          const { numInsertedOrUpdatedRows = 0n } = await trx
            .insertInto('logins')
            .values(row)
            .onConflict((conflict) =>
              isFirst
                ? conflict.column('login').doNothing()
                : conflict.column('login').doUpdateSet({ password_hash: hash }),
            )
            .executeTakeFirst();
          if (numInsertedOrUpdatedRows === 0n) return false;
          await trx.deleteFrom('sessions').execute();
          return true;
        });
    },
    async addSession({ tokenHash, createdAtMs, expiresAtMs }) {
      const { db } = database();
      await db.deleteFrom('sessions').where('expires_at_ms', '<=', createdAtMs).execute();
      const times = { created_at_ms: createdAtMs, expires_at_ms: expiresAtMs };
      await db
        .insertInto('sessions')
        .values({ session_hash: tokenHash, login: LOGIN, ...times })
        .execute();
    },
    async hasSession(tokenHash, nowMs) {
      const row = await database()
        .db.selectFrom('sessions')
        .select('session_hash')
        .where('session_hash', '=', tokenHash)
        .where('expires_at_ms', '>', nowMs)
        .executeTakeFirst();
      return row !== undefined;
    },
    async removeSession(tokenHash) {
      await database().db.deleteFrom('sessions').where('session_hash', '=', tokenHash).execute();
    },
  };
}
