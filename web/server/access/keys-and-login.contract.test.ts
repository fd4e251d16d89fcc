import {
  apiKeyListSchema,
  type LoginState,
  loginStateSchema,
  madeApiKeySchema,
  type Scope,
} from '@parley/contracts/access-api';
import { type ApiErrorCode, apiErrorSchema } from '@parley/contracts/http-api';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../database/database.ts';
import { sqliteData } from '../database/testing/test-databases.ts';
import { ACCESS_KEY, createTestApp } from '../testing/test-app.ts';

const PASSWORD = 'correct horse battery';
const ON_KEY = { authorization: `Bearer ${ACCESS_KEY}` };
const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
const codeOf = async (response: Response): Promise<ApiErrorCode> =>
  apiErrorSchema.parse(await response.json()).error.code;
const cookiePair = (response: Response) => (response.headers.get('set-cookie') ?? '').split(';')[0] ?? '';

let data: Awaited<ReturnType<typeof sqliteData>>;
let database: Database;
let app: ReturnType<typeof testApp>;
let nowEpochS = 1_000;

function testApp(options: Parameters<typeof createTestApp>[0] = {}) {
  const made = createTestApp({ database, nowEpochS: () => nowEpochS, ...options });
  const send =
    (method: string) =>
    (path: string, body: unknown, headers: Record<string, string> = {}) =>
      made.request(path, { method, headers, body: JSON.stringify(body) });
  const stateWith = async (headers: Record<string, string> = {}): Promise<LoginState> =>
    loginStateSchema.parse(await (await made.request('/api/login', { headers })).json());
  const makeKey = async (scopes: readonly Scope[], headers: Record<string, string> = {}) => {
    const response = await made.post('/api/keys', { name: 'of a test', scopes }, headers);
    expect(response.status).toBe(201);
    return madeApiKeySchema.parse(await response.json());
  };
  return { ...made, put: send('PUT'), remove: send('DELETE'), stateWith, makeKey };
}

beforeAll(async () => {
  data = await sqliteData();
  database = await data.open();
});
afterAll(() => data.close());
beforeEach(async () => {
  nowEpochS = 1_000;
  for (const table of ['api_keys', 'logins', 'sessions'] as const)
    await database.db.deleteFrom(table).execute();
  app = testApp();
});

describe('an API key', () => {
  it('is shown once, and nothing that is stored opens with it', async () => {
    const { key, keyId } = await app.makeKey(['calls:read']);
    const listed = await (await app.request('/api/keys')).text();
    expect(apiKeyListSchema.parse(JSON.parse(listed)).keys).toEqual([
      { keyId, name: 'of a test', scopes: ['calls:read'], createdAtMs: 1_000_000, lastUsedAtMs: null },
    ]);
    const secret = key.slice(-43);
    expect(listed).not.toContain(secret);
    const { rows } = await sql`select * from api_keys`.execute(database.db);
    expect(JSON.stringify(rows)).not.toContain(secret);
  });

  it('is itself also where nothing is asked', async () => {
    const { key } = await app.makeKey(['calls:read', 'calls:listen', 'calls:read']);
    expect(await app.stateWith(bearer(key))).toEqual({
      hasLogin: false,
      as: 'api_key',
      scopes: ['calls:read', 'calls:listen'],
    });
    expect((await app.stateWith()).as).toBe('this_machine');
  });

  it('opens what it was made for, and says what it lacks', async () => {
    const { key: reads } = await app.makeKey(['calls:read']);
    const { key: dials } = await app.makeKey(['calls:dial']);
    const { key: admin } = await app.makeKey(['admin']);
    const refused = await app.post('/api/token', {}, bearer(reads));
    expect(refused.status).toBe(403);
    expect(await codeOf(refused)).toBe('scope_missing');
    expect((await app.post('/api/token', {}, bearer(dials))).status).toBe(200);
    expect((await app.post('/api/token', {}, bearer(admin))).status).toBe(200);
    expect((await app.request('/api/keys', { headers: bearer(reads) })).status).toBe(403);
    expect((await app.request('/api/keys', { headers: bearer(admin) })).status).toBe(200);
  });

  it('owns the calls that were begun with it', async () => {
    const { key, keyId } = await app.makeKey(['calls:dial']);
    await app.post('/api/token', {}, bearer(key));
    await app.post('/api/token', {});
    expect(app.opened.map(({ ownerKeyId }) => ownerKeyId)).toEqual([keyId, null]);
    expect(app.sfu.created.map(({ job }) => job.ownerKeyId)).toEqual([keyId, undefined]);
  });

  it('opens nothing once it is deleted, nor when it is changed', async () => {
    const { key, keyId } = await app.makeKey(['admin']);
    const changed = `${key.slice(0, -1)}${key.endsWith('A') ? 'B' : 'A'}`;
    expect(await codeOf(await app.request('/api/keys', { headers: bearer(changed) }))).toBe(
      'access_key_wrong',
    );
    expect((await app.remove(`/api/keys/${keyId}`, {})).status).toBe(204);
    expect(await codeOf(await app.request('/api/keys', { headers: bearer(key) }))).toBe('access_key_wrong');
    expect((await app.remove(`/api/keys/${keyId}`, {})).status).toBe(404);
    expect(apiKeyListSchema.parse(await (await app.request('/api/keys')).json()).keys).toEqual([]);
  });

  it('tells its last use to the minute', async () => {
    const { key } = await app.makeKey(['admin']);
    const lastUse = async () =>
      apiKeyListSchema.parse(await (await app.request('/api/keys', { headers: bearer(key) })).json()).keys[0]
        ?.lastUsedAtMs;
    expect(await lastUse()).toBe(1_000_000);
    nowEpochS += 59;
    expect(await lastUse()).toBe(1_000_000);
    nowEpochS += 1;
    expect(await lastUse()).toBe(1_060_000);
  });

  it('cannot be guessed for long', async () => {
    const guess = (at: number) => bearer(`parley_${'a'.repeat(12)}_${String(at).padStart(43, 'x')}`);
    for (let at = 0; at < 10; at++)
      expect((await app.request('/api/keys', { headers: guess(at) })).status).toBe(401);
    expect((await app.request('/api/keys', { headers: guess(10) })).status).toBe(429);
  });

  it.each([
    [{ name: '', scopes: ['admin'] }, 'name'],
    [{ name: 'x', scopes: [] }, 'scopes'],
    [{ name: 'x', scopes: ['everything'] }, 'scopes[0]'],
    [{ name: 'x', scopes: ['admin'], keyId: 'mine' }, 'keyId'],
  ])('is not made of %j', async (body, field) => {
    const response = await app.post('/api/keys', body);
    expect(response.status).toBe(422);
    expect(apiErrorSchema.parse(await response.json()).error.field).toBe(field);
  });
});

describe('the login', () => {
  it('is set by this machine, and from then on something is asked of it too', async () => {
    expect(await app.stateWith()).toMatchObject({ hasLogin: false, as: 'this_machine' });
    const set = await app.put('/api/login', { password: PASSWORD });
    expect(set.status).toBe(204);
    expect(set.headers.get('set-cookie')).toMatch(/^parley_login=[\w-]{43}; .*HttpOnly; SameSite=Strict$/);
    expect((await app.request('/api/keys')).status).toBe(401);
    expect((await app.post('/api/token', {})).status).toBe(401);
    expect(await app.stateWith()).toEqual({ hasLogin: true, as: null, scopes: [] });
    expect(await app.stateWith({ cookie: cookiePair(set) })).toMatchObject({ as: 'login' });
    expect((await app.request('/api/keys', { headers: { cookie: cookiePair(set) } })).status).toBe(200);
  });

  it('takes its password alone, and stores neither it nor the cookie', async () => {
    await app.put('/api/login', { password: PASSWORD });
    expect(await codeOf(await app.post('/api/login', { password: `${PASSWORD} ` }))).toBe('login_wrong');
    const response = await app.post('/api/login', { password: PASSWORD });
    const cookie = cookiePair(response);
    expect((await app.request('/api/keys', { headers: { cookie } })).status).toBe(200);
    const { rows } = await sql`select * from logins, sessions`.execute(database.db);
    expect(JSON.stringify(rows)).not.toContain(PASSWORD);
    expect(JSON.stringify(rows)).not.toContain(cookie.split('=')[1]);
  }, 60_000);

  it('ends with its cookie, and at the latest after 30 days', async () => {
    const first = cookiePair(await app.put('/api/login', { password: PASSWORD }));
    const other = cookiePair(await app.post('/api/login', { password: PASSWORD }));
    const out = await app.request('/api/login', { method: 'DELETE', headers: { cookie: first } });
    expect(out.status).toBe(204);
    expect(out.headers.get('set-cookie')).toContain('Max-Age=0');
    expect((await app.stateWith({ cookie: first })).as).toBeNull();
    expect((await app.stateWith({ cookie: other })).as).toBe('login');
    nowEpochS += 30 * 24 * 3_600;
    expect((await app.stateWith({ cookie: other })).as).toBeNull();
  });

  it('gives another password only to who knows the one until now, and ends every other login', async () => {
    const cookie = cookiePair(await app.put('/api/login', { password: PASSWORD }));
    const other = cookiePair(await app.post('/api/login', { password: PASSWORD }));
    const change = (currentPassword?: string) =>
      app.put('/api/login', { password: 'another password', currentPassword }, { cookie });
    expect(await codeOf(await change())).toBe('login_wrong');
    expect(await codeOf(await change('a wrong password'))).toBe('login_wrong');
    const changed = await change(PASSWORD);
    expect(changed.status).toBe(204);
    expect((await app.stateWith({ cookie: other })).as).toBeNull();
    expect((await app.stateWith({ cookie: cookiePair(changed) })).as).toBe('login');
    expect(await codeOf(await app.post('/api/login', { password: PASSWORD }))).toBe('login_wrong');
  }, 60_000);

  it('is given another password with the access key, where it was forgotten', async () => {
    const exposed = testApp({ accessKey: ACCESS_KEY });
    expect((await exposed.put('/api/login', { password: PASSWORD })).status).toBe(401);
    expect((await exposed.put('/api/login', { password: PASSWORD }, ON_KEY)).status).toBe(204);
    expect((await exposed.put('/api/login', { password: 'another password' }, ON_KEY)).status).toBe(204);
    expect((await exposed.post('/api/login', { password: 'another password' })).status).toBe(204);
  }, 60_000);

  it('makes the access key open this machine too', async () => {
    const local = testApp({ accessKey: ACCESS_KEY, isExposed: false });
    expect((await local.request('/api/keys')).status).toBe(200);
    await local.put('/api/login', { password: PASSWORD });
    expect((await local.request('/api/keys')).status).toBe(401);
    expect((await local.request('/api/keys', { headers: ON_KEY })).status).toBe(200);
    expect((await local.post('/api/access', { key: ACCESS_KEY })).headers.get('set-cookie')).toContain(
      'parley_access=',
    );
  });

  it('is not opened by an access key that there is not', async () => {
    await app.put('/api/login', { password: PASSWORD });
    expect(await codeOf(await app.post('/api/access', { key: PASSWORD }))).toBe('access_key_wrong');
  });

  it('cannot be set or changed by a key without admin', async () => {
    const { key } = await app.makeKey(['calls:read', 'agents:write']);
    expect(await codeOf(await app.put('/api/login', { password: PASSWORD }, bearer(key)))).toBe(
      'scope_missing',
    );
  });

  it('is set once, however many set the first password together', async () => {
    const answers = await Promise.all(
      Array.from({ length: 3 }, (_, at) => app.put('/api/login', { password: `${PASSWORD} ${at}` })),
    );
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([204, 409, 409]);
  }, 60_000);

  it('is not guessed for long', async () => {
    await app.put('/api/login', { password: PASSWORD });
    for (let at = 0; at < 5; at++)
      expect((await app.post('/api/login', { password: `guess ${at}` })).status).toBe(401);
    expect((await app.post('/api/login', { password: PASSWORD })).status).toBe(429);
    expect((await app.post('/api/login', { password: PASSWORD }, {}, '10.0.0.9')).status).toBe(204);
  }, 60_000);

  it('wants 12 characters', async () => {
    const response = await app.put('/api/login', { password: 'short' });
    expect(response.status).toBe(422);
    expect(apiErrorSchema.parse(await response.json()).error.message).toContain('at least 12 characters');
  });

  it('is not set by a page that may embed calls, which learns of none either', async () => {
    const embedding = testApp({ allowedOrigins: ['https://shop.example'] });
    const headers = { origin: 'https://shop.example' };
    expect(await codeOf(await embedding.put('/api/login', { password: PASSWORD }, headers))).toBe(
      'scope_missing',
    );
    for (const path of [
      '/api/keys',
      '/api/calls',
      '/api/calls/stats',
      '/api/calls/live',
      '/api/calls/RM_1/recording',
    ])
      expect((await embedding.request(path, { headers })).status).toBe(403);
    expect((await embedding.post('/api/calls/RM_1/end', {}, headers)).status).toBe(404);
    expect((await embedding.post('/api/token', {}, headers)).status).toBe(200);
    expect((await embedding.stateWith(headers)).scopes).toEqual(['calls:dial']);
    expect((await embedding.request('/api/keys', { headers: { origin: 'http://localhost' } })).status).toBe(
      200,
    );
  });

  it('is not set by a page of another site', async () => {
    const response = await app.put('/api/login', { password: PASSWORD }, { origin: 'http://evil.example' });
    expect(await codeOf(response)).toBe('origin_not_allowed');
  });
});

describe('without a database', () => {
  it('calls go on, and what needs one says so', async () => {
    const away = createTestApp();
    expect((await away.post('/api/token', {})).status).toBe(200);
    const keys = await away.request('/api/keys');
    expect(keys.status).toBe(503);
    expect(await codeOf(keys)).toBe('database_unavailable');
    const withKey = await away.request('/api/agents', {
      headers: bearer(`parley_${'a'.repeat(12)}_${'b'.repeat(43)}`),
    });
    expect(withKey.status).toBe(503);
  });
});
