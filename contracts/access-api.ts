import { z } from 'zod';

/** Who may do what over the HTTP API. `admin` may everything; each of the others stands for itself. */
export const scopeSchema = z.enum(['calls:read', 'calls:listen', 'calls:dial', 'agents:write', 'admin']);
export type Scope = z.infer<typeof scopeSchema>;

/** Shortest and longest password of the login, in characters. */
export const PASSWORD_LENGTH = { min: 12, max: 256 } as const;

const newPassword = z
  .string()
  .min(PASSWORD_LENGTH.min, `must have at least ${PASSWORD_LENGTH.min} characters`)
  .max(PASSWORD_LENGTH.max, `must have at most ${PASSWORD_LENGTH.max} characters`);

/** `POST /api/keys`: makes a key. Only a request with `admin` may. */
export const newApiKeySchema = z.strictObject({
  /** What it is for, in words for a person. */
  name: z.string().trim().min(1, 'must say what the key is for').max(100, 'must have at most 100 characters'),
  scopes: z.array(scopeSchema).min(1, 'must name one scope at least').max(scopeSchema.options.length),
});
export type NewApiKey = z.infer<typeof newApiKeySchema>;

export const apiKeySchema = z.object({
  /** The key begins with `parley_`, this and `_`. */
  keyId: z.string(),
  name: z.string(),
  scopes: z.array(scopeSchema),
  createdAtMs: z.number(),
  /** To the minute; null before its first use. */
  lastUsedAtMs: z.number().nullable(),
});
export type ApiKey = z.infer<typeof apiKeySchema>;

/** `GET /api/keys`. */
export const apiKeyListSchema = z.object({ keys: z.array(apiKeySchema) });
export type ApiKeyList = z.infer<typeof apiKeyListSchema>;

/** The answer to `POST /api/keys`: the only time that the key is shown. */
export const madeApiKeySchema = apiKeySchema.extend({
  /** For the header `Authorization: Bearer <key>`. */
  key: z.string(),
});
export type MadeApiKey = z.infer<typeof madeApiKeySchema>;

/** `POST /api/login`: swaps the password for a cookie. Answered with 204; `DELETE /api/login` ends it. */
export const loginRequestSchema = z.strictObject({ password: z.string().min(1).max(PASSWORD_LENGTH.max) });

/**
 * `PUT /api/login`: sets the password, the first one or another. From the first on every request shows a login, a key or
 * the access key, also on the machine itself. Answered with 204 and the cookie; every other login ends.
 */
export const passwordRequestSchema = z.strictObject({
  password: newPassword,
  /** The password until now; needed by who came in with it, not by who shows the access key or an `admin` key. */
  currentPassword: z.string().max(PASSWORD_LENGTH.max).optional(),
});

/** `GET /api/login`: open to everybody. */
export const loginStateSchema = z.object({
  /** A password was set. */
  hasLogin: z.boolean(),
  /** What this request came in with; null: it must show something first. */
  as: z.enum(['this_machine', 'other_page', 'access_key', 'login', 'api_key']).nullable(),
  /** What it may; empty where `as` is null. */
  scopes: z.array(scopeSchema),
});
export type LoginState = z.infer<typeof loginStateSchema>;
