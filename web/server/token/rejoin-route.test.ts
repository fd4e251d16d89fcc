import {
  apiErrorSchema,
  MAX_CLIENT_DATA_BYTES,
  type TokenAnswer,
  tokenAnswerSchema,
} from '@parley/contracts/http-api';
import { callIdSchema } from '@parley/contracts/ids';
import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import { SfuError } from '../livekit/sfu.ts';
import {
  ACCESS_KEY,
  createSimulatedSfu,
  createTestApp,
  TEST_KEY,
  workerReport,
} from '../testing/test-app.ts';
import { REJOIN_TTL_S } from './rejoin-secret.ts';

const CALL = callIdSchema.parse('RM_1');
const AGENT = `agent-${CALL}`;
type TestApp = ReturnType<typeof createTestApp>;

const answerOf = async (response: Response) => tokenAnswerSchema.parse(await response.json());
const errorOf = async (response: Response) => apiErrorSchema.parse(await response.json()).error;

/** Starts a call, whose agent is there from then on. */
async function startCall({ post, sfu }: TestApp, body: unknown = {}, headers = {}): Promise<TokenAnswer> {
  const answer = await answerOf(await post('/api/token', body, headers));
  sfu.present.set(CALL, { roomName: answer.room_name, people: [], identities: [AGENT] });
  return answer;
}
const rejoin = ({ post }: TestApp, secret: string, headers = {}) =>
  post('/api/token/rejoin', { rejoin: secret }, headers);
async function expectOver(response: Response) {
  expect(response.status).toBe(410);
  expect(await errorOf(response)).toEqual({
    code: 'call_over',
    message: 'This call is over. Start a new one.',
  });
}

describe('POST /api/token/rejoin', () => {
  it('gives the same participant a fresh token for the same call, as it was first let in', async () => {
    const app = createTestApp();
    const first = await startCall(app, {
      participant_name: 'Ada',
      participant_metadata: 'vip',
      participant_attributes: { colour: 'blue' },
      room_config: { agents: [{ agent_name: 'receptionist', metadata: '{"name":"Ada"}' }] },
    });
    const response = await rejoin(app, first.rejoin);
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('no-store');
    const again = await answerOf(response);
    expect(again).toMatchObject({
      server_url: first.server_url,
      room_name: first.room_name,
      participant_name: 'Ada',
    });
    const { exp: _exp, nbf: _nbf, iat: _iat, ...before } = decodeJwt(first.participant_token);
    expect(decodeJwt(again.participant_token)).toMatchObject(before);
    expect((await rejoin(app, again.rejoin)).status).toBe(200);
  });

  it('never asks for an agent', async () => {
    const app = createTestApp();
    const { rejoin: secret } = await startCall(app);
    await rejoin(app, secret);
    expect(app.sfu.created).toHaveLength(1);
    expect(app.sfu.dispatched).toEqual([]);
    expect(app.opened).toHaveLength(1);
  });

  it('takes a secret of before the server was started anew, and of another with the same key', async () => {
    const sfu = createSimulatedSfu();
    const { rejoin: secret } = await startCall(createTestApp({ sfu }));
    expect((await rejoin(createTestApp({ sfu }), secret)).status).toBe(200);
  });

  it('returns to a call whose agent is on its way, and to one that waits for its lost agent', async () => {
    const app = createTestApp();
    const first = await startCall(app);
    const place = { roomName: first.room_name, people: [] };
    app.sfu.present.set(CALL, { ...place, identities: [decodeJwt(first.participant_token).sub ?? ''] });
    expect((await rejoin(app, first.rejoin)).status).toBe(200);
    app.sfu.present.set(CALL, place);
    app.awaited.add(CALL);
    expect((await rejoin(app, first.rejoin)).status).toBe(200);
  });

  it('says that the call is over when its room is gone, is another call’s, or stands empty', async () => {
    const app = createTestApp();
    const { rejoin: secret, room_name: roomName } = await startCall(app);
    app.sfu.present.set(CALL, { roomName, people: [], identities: ['caller-other'] });
    await expectOver(await rejoin(app, secret));
    app.sfu.present.clear();
    await expectOver(await rejoin(app, secret));
    const later = callIdSchema.parse('RM_2');
    app.sfu.present.set(later, { roomName, people: [], identities: [AGENT, `agent-${later}`] });
    await expectOver(await rejoin(app, secret));
  });

  it('answers to a secret that was made up, changed, or sealed with another key as to an old one', async () => {
    const sfu = createSimulatedSfu();
    const app = createTestApp({ sfu });
    const { rejoin: secret, participant_token: token } = await startCall(app);
    const parts = secret.split('.');
    const changed = parts.map((part, index) => (index === 3 ? `${part.slice(0, -4)}AAAA` : part)).join('.');
    for (const wrong of ['x', 'a.b.c.d.e', changed, token]) await expectOver(await rejoin(app, wrong));
    const foreign = createTestApp({
      sfu,
      key: { ...TEST_KEY, apiSecret: 'another-secret-of-thirty-two-chars' },
    });
    await expectOver(await rejoin(foreign, secret));
  });

  it('forgets a secret after a day', async () => {
    let nowEpochS = 1_000;
    const app = createTestApp({ nowEpochS: () => nowEpochS });
    const { rejoin: secret } = await startCall(app);
    nowEpochS += REJOIN_TTL_S - 1;
    expect((await rejoin(app, secret)).status).toBe(200);
    nowEpochS += 1;
    await expectOver(await rejoin(app, secret));
  });

  it('shows nothing of the call in the secret', async () => {
    const app = createTestApp();
    const { rejoin: secret, room_name } = await startCall(app, { participant_name: 'Ada Lovelace' });
    const readable = secret
      .split('.')
      .map((part) => Buffer.from(part, 'base64url').toString('latin1'))
      .join(' ');
    for (const hidden of ['Ada', room_name, CALL, 'caller-']) expect(readable).not.toContain(hidden);
  });

  it('asks for no access key, which the secret’s holder has shown before', async () => {
    const app = createTestApp({ accessKey: ACCESS_KEY });
    const { rejoin: secret } = await startCall(app, {}, { authorization: `Bearer ${ACCESS_KEY}` });
    expect((await rejoin(app, secret)).status).toBe(200);
    expect((await rejoin(app, secret, { origin: 'http://evil.example' })).status).toBe(403);
  });

  it('counts returns apart from calls', async () => {
    const app = createTestApp({ tokensPerMinute: 1 });
    const { rejoin: secret } = await startCall(app);
    expect((await rejoin(app, secret)).status).toBe(200);
    const refused = await rejoin(app, secret);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it('lets a participant return who said of itself as much as may be said', async () => {
    const app = createTestApp();
    const first = await startCall(app, {
      participant_name: '\u0001'.repeat(128),
      participant_metadata: '\u0001'.repeat(MAX_CLIENT_DATA_BYTES),
      participant_attributes: { a: '\u0001'.repeat(MAX_CLIENT_DATA_BYTES - 1) },
    });
    expect((await rejoin(app, first.rejoin)).status).toBe(200);
  });

  it('says so when livekit-server is away, as the call may well live', async () => {
    const app = createTestApp();
    const { rejoin: secret } = await startCall(app);
    app.sfu.callIn = async () => {
      throw new SfuError('unreachable', 'away', undefined);
    };
    expect((await rejoin(app, secret)).status).toBe(503);
  });

  it.each([
    ['nothing', {}, 422],
    ['an empty secret', { rejoin: '' }, 422],
    ['a secret that is too long', { rejoin: 'x'.repeat(49_153) }, 422],
    ['a further field', { rejoin: 'x', identity: 'admin' }, 422],
    ['no JSON', '{', 400],
  ])('refuses %s', async (_what, body, status) => {
    expect((await createTestApp().post('/api/token/rejoin', body)).status).toBe(status);
  });
});

describe('a public agent', () => {
  const page = { origin: 'http://localhost' };
  const asked = { room_config: { agents: [{ agent_name: 'helpdesk' }] } };
  const [receptionist] = workerReport().agents;
  if (receptionist === undefined) throw new Error('the worker announces no agent');
  const helpdesk = { ...receptionist, name: 'helpdesk', isPublic: true };
  const open = (defaultAgent = 'receptionist') => {
    const app = createTestApp({ accessKey: ACCESS_KEY, allowedOrigins: ['https://shop.example'] });
    app.workers.report(workerReport({ agents: [receptionist, helpdesk], defaultAgent }));
    return app;
  };

  it('is called without the access key from our own page and from an allowed one', async () => {
    const { post } = open();
    expect((await post('/api/token', asked, page)).status).toBe(200);
    expect((await post('/api/token', asked, { origin: 'https://shop.example' })).status).toBe(200);
    expect((await post('/api/token', asked, { origin: 'https://evil.example' })).status).toBe(403);
    expect((await post('/api/token', asked)).status).toBe(401);
  });

  it('leaves every other agent guarded, and tells a stranger of none', async () => {
    const { post } = open();
    for (const agent_name of ['receptionist', 'nobody', '', undefined]) {
      const response = await post('/api/token', { room_config: { agents: [{ agent_name }] } }, page);
      expect(response.status).toBe(401);
      expect(await response.text()).not.toContain('helpdesk');
    }
  });

  it('may be the default one', async () => {
    const { post } = open('helpdesk');
    expect((await post('/api/token', {}, page)).status).toBe(200);
  });

  it('is all that a stranger is told of', async () => {
    const { request } = open();
    const names = async (headers = {}) =>
      (
        (await (await request('/api/agents', { headers })).json()) as { agents: { name: string }[] }
      ).agents.map(({ name }) => name);
    expect(await names()).toEqual(['helpdesk']);
    expect(await names({ authorization: `Bearer ${ACCESS_KEY}` })).toEqual(['helpdesk', 'receptionist']);
  });

  it('lets its caller return without the key', async () => {
    const app = open();
    const { rejoin: secret } = await startCall(app, asked, page);
    expect((await rejoin(app, secret, page)).status).toBe(200);
  });
});
