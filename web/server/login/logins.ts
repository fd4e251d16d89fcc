import { createHash, randomBytes } from 'node:crypto';
import { isDatabaseAway } from '../database/is-away.ts';
import { LOGIN_TTL_S } from './login-cookie.ts';
import type { LoginStore } from './login-store.ts';
import { hashPassword, isPasswordOf } from './password-hash.ts';

/**
 * The login of whoever runs the server: one password, and a token for each browser that showed it. Of a token only the
 * hash is stored, so that who reads the database is not logged in by that.
 */
export interface Logins {
  /**
   * Whether a password was set. While no database answers, as far as is known: calls go on without one, and nothing that
   * is stored can be read.
   */
  exists(): Promise<boolean>;
  isLoggedIn(token: string): Promise<boolean>;
  isPassword(password: string): Promise<boolean>;
  /** A new login. */
  begin(): Promise<string>;
  end(token: string): Promise<void>;
  /** Sets the password, the first one (`isFirst`) or another, and ends every login. False where the first was set by somebody else. */
  setPassword(password: string, options: { readonly isFirst: boolean }): Promise<boolean>;
}

const TOKEN_BYTES = 32;

export function createLogins({
  store,
  nowEpochMs,
}: {
  readonly store: LoginStore;
  readonly nowEpochMs: () => number;
}): Logins {
  let isKnownToExist = false;
  /** One at a time: each takes 16 MiB and a core. */
  let lastTry: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = lastTry.then(work, work);
    lastTry = turn.catch(() => {});
    return turn;
  };

  return {
    async exists() {
      // A login is for good, so that requests need not ask for it once there is one.
      isKnownToExist ||= (await store.passwordHash().catch(unlessAway)) !== null;
      return isKnownToExist;
    },
    isLoggedIn: (token) => store.hasSession(hashToken(token), nowEpochMs()),
    async isPassword(password) {
      const stored = await store.passwordHash();
      return stored !== null && (await inTurn(() => isPasswordOf(password, stored)));
    },
    async begin() {
      const token = randomBytes(TOKEN_BYTES).toString('base64url');
      const nowMs = nowEpochMs();
      const times = { createdAtMs: nowMs, expiresAtMs: nowMs + LOGIN_TTL_S * 1_000 };
      await store.addSession({ tokenHash: hashToken(token), ...times });
      return token;
    },
    end: (token) => store.removeSession(hashToken(token)),
    async setPassword(password, { isFirst }) {
      const hash = await inTurn(() => hashPassword(password));
      return store.setPasswordHash(hash, { isFirst, nowMs: nowEpochMs() });
    },
  };
}

function unlessAway(error: unknown): null {
  if (isDatabaseAway(error)) return null;
  throw error;
}

/** The token is random throughout. */
function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
