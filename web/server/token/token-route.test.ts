import {
  RoomAgentDispatch,
  RoomConfiguration,
  TokenSourceRequest,
  TokenSourceResponse,
} from '@livekit/protocol';
import { apiErrorSchema, tokenAnswerSchema } from '@parley/contracts/http-api';
import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import { SfuError } from '../livekit/sfu.ts';
import { ACCESS_KEY, createTestApp, workerReport } from '../testing/test-app.ts';

const answerOf = async (response: Response) => tokenAnswerSchema.parse(await response.json());
const errorOf = async (response: Response) => apiErrorSchema.parse(await response.json()).error;

describe('POST /api/token', () => {
  it('makes a room with the default agent on its way, and gives a token for it', async () => {
    const { post, sfu, opened } = createTestApp();
    const response = await post('/api/token', {});
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('no-store');
    const answer = await answerOf(response);
    expect(answer).toMatchObject({
      server_url: 'ws://localhost',
      room_name: 'call-ROOM1',
      participant_name: '',
    });
    expect(sfu.created).toEqual([
      {
        roomName: 'call-ROOM1',
        job: { variables: {}, generation: 1, resumes: false, seat: 'main', callerWaitMs: 15_000 },
      },
    ]);
    expect(opened).toEqual([{ callId: 'RM_1', roomName: 'call-ROOM1', agent: null, ownerKeyId: null }]);
  });

  it('grants a microphone, data and hearing in that room, for 10 minutes, and nothing else', async () => {
    const { post } = createTestApp();
    const { participant_token } = await answerOf(await post('/api/token', {}));
    const claims = decodeJwt(participant_token);
    expect(claims.video).toEqual({
      roomJoin: true,
      room: 'call-ROOM1',
      canPublish: true,
      canPublishSources: ['microphone'],
      canPublishData: true,
      canSubscribe: true,
      canUpdateOwnMetadata: false,
    });
    expect((claims.exp ?? 0) - (claims.nbf ?? 0)).toBe(600);
    expect(claims.sub).toBe('caller-id1');
    expect(claims).not.toHaveProperty('sip');
    expect(claims).not.toHaveProperty('kind');
  });

  it('carries the room in the token, so that a room that closed comes back with its agent', async () => {
    const { post, sfu } = createTestApp();
    const { participant_token } = await answerOf(await post('/api/token', {}));
    const config = decodeJwt(participant_token).roomConfig as {
      agents: { agentName: string; metadata: string }[];
    };
    expect(config).toMatchObject({ emptyTimeout: 20, departureTimeout: 20 });
    expect(config.agents).toHaveLength(1);
    expect(config.agents[0]?.agentName).toBe('parley');
    expect(JSON.parse(config.agents[0]?.metadata ?? '')).toEqual(sfu.created[0]?.job);
  });

  it('passes what the client says of itself and marks it as untrusted', async () => {
    const { post } = createTestApp();
    const answer = await answerOf(
      await post('/api/token', {
        participant_name: 'Ada',
        participant_metadata: '{"role":"supervisor"}',
        participant_attributes: { colour: 'blue' },
      }),
    );
    expect(answer.participant_name).toBe('Ada');
    expect(decodeJwt(answer.participant_token)).toMatchObject({
      name: 'Ada',
      metadata: '{"role":"supervisor"}',
      attributes: { colour: 'blue', 'parley.role': 'caller', 'parley.untrusted': 'name,metadata,attributes' },
    });
  });

  it('takes hints of room and identity without following them', async () => {
    const { post } = createTestApp();
    const answer = await answerOf(
      await post('/api/token', { room_name: 'mine', participant_identity: 'admin' }),
    );
    expect(answer.room_name).toBe('call-ROOM1');
    expect(decodeJwt(answer.participant_token).sub).toBe('caller-id1');
  });

  it('dispatches the agent that was asked for, with its variables from the token', async () => {
    const { post, sfu, workers } = createTestApp();
    workers.report(workerReport());
    const agents = [{ agent_name: 'receptionist', metadata: '{"name":"Ada"}' }];
    expect((await post('/api/token', { room_config: { agents } })).status).toBe(200);
    expect(sfu.created[0]?.job).toMatchObject({
      agent: 'receptionist',
      variables: { name: { value: 'Ada', source: 'token' } },
    });
  });

  it('understands LiveKit’s own clients, and they its answer', async () => {
    const { post, workers } = createTestApp();
    workers.report(workerReport());
    const asked = new TokenSourceRequest({
      roomName: 'hint',
      participantName: 'Ada',
      participantAttributes: { colour: 'blue' },
      roomConfig: new RoomConfiguration({ agents: [new RoomAgentDispatch({ agentName: 'receptionist' })] }),
    });
    for (const request of [asked, new TokenSourceRequest()]) {
      const response = await post('/api/token', request.toJsonString({ useProtoFieldName: true }));
      const answer = TokenSourceResponse.fromJsonString(await response.text(), { ignoreUnknownFields: true });
      expect(answer.serverUrl).toBe('ws://localhost');
      expect(decodeJwt(answer.participantToken).sub).toMatch(/^caller-/);
    }
  });

  it('names the agents that there are where the one asked for is unknown', async () => {
    const { post, sfu, workers } = createTestApp();
    workers.report(workerReport());
    const response = await post('/api/token', { room_config: { agents: [{ agent_name: 'nobody' }] } });
    expect(response.status).toBe(404);
    expect(await errorOf(response)).toEqual({
      code: 'unknown_agent',
      message: 'No agent is named "nobody". There is: receptionist.',
      field: 'room_config.agents[0].agent_name',
    });
    expect(sfu.created).toEqual([]);
  });

  it('takes any agent name while no worker has said what there is', async () => {
    const { post } = createTestApp();
    expect((await post('/api/token', { room_config: { agents: [{ agent_name: 'later' }] } })).status).toBe(
      200,
    );
  });

  it.each([
    ['an unknown field', { roomConfig: {} }, 'roomConfig'],
    ['a room name', { room_config: { name: 'x' } }, 'room_config.name'],
    ['an egress', { room_config: { egress: {} } }, 'room_config.egress'],
    ['a timeout', { room_config: { empty_timeout: 86_400 } }, 'room_config.empty_timeout'],
    ['a deployment', { room_config: { agents: [{ deployment: 'x' }] } }, 'room_config.agents[0].deployment'],
    ['two agents', { room_config: { agents: [{}, {}] } }, 'room_config.agents'],
    [
      'an attribute of LiveKit',
      { participant_attributes: { 'lk.agent.state': 'x' } },
      'participant_attributes.lk.agent.state',
    ],
    [
      'an attribute of SIP',
      { participant_attributes: { 'sip.callID': 'x' } },
      'participant_attributes.sip.callID',
    ],
    [
      'an attribute of ours',
      { participant_attributes: { 'parley.role': 'x' } },
      'participant_attributes.parley.role',
    ],
    ['an attribute that is no text', { participant_attributes: { a: 1 } }, 'participant_attributes.a'],
    ['metadata over 2 KiB', { participant_metadata: 'é'.repeat(1_025) }, 'participant_metadata'],
    ['attributes over 2 KiB', { participant_attributes: { a: 'x'.repeat(2_048) } }, 'participant_attributes'],
    ['a name that is a number', { participant_name: 7 }, 'participant_name'],
    [
      'agent metadata that is no JSON',
      { room_config: { agents: [{ metadata: 'hello' }] } },
      'room_config.agents[0].metadata',
    ],
    [
      'agent metadata with a number',
      { room_config: { agents: [{ metadata: '{"n":1}' }] } },
      'room_config.agents[0].metadata',
    ],
    [
      'agent metadata that is a list',
      { room_config: { agents: [{ metadata: '[]' }] } },
      'room_config.agents[0].metadata',
    ],
  ])('refuses %s with 422 and names the field', async (_what, body, field) => {
    const { post, sfu } = createTestApp();
    const response = await post('/api/token', body);
    expect(response.status).toBe(422);
    expect(await errorOf(response)).toMatchObject({ code: 'invalid_field', field });
    expect(sfu.created).toEqual([]);
  });

  it('takes metadata of exactly 2 KiB', async () => {
    const { post } = createTestApp();
    expect((await post('/api/token', { participant_metadata: 'é'.repeat(1_024) })).status).toBe(200);
  });

  it('takes null for a field that is not given', async () => {
    const { post } = createTestApp();
    const nothing = {
      room_name: null,
      participant_name: null,
      participant_metadata: null,
      room_config: null,
    };
    expect((await post('/api/token', nothing)).status).toBe(200);
  });

  it.each(['', '{', 'hello', '{"a":}'])('refuses the body %j with 400', async (body) => {
    const { post } = createTestApp();
    const response = await post('/api/token', body);
    expect(response.status).toBe(400);
    expect((await errorOf(response)).code).toBe('malformed_json');
  });

  it.each(['[]', '"x"', 'null', '3'])('refuses the JSON %s with 422', async (body) => {
    const { post } = createTestApp();
    expect((await post('/api/token', body)).status).toBe(422);
  });

  it('refuses a body over 64 KiB with 413', async () => {
    const { post } = createTestApp();
    const response = await post('/api/token', { participant_metadata: 'x'.repeat(65 * 1024) });
    expect(response.status).toBe(413);
    expect((await errorOf(response)).code).toBe('body_too_large');
  });

  it('refuses another method with 405', async () => {
    const { request } = createTestApp();
    const response = await request('/api/token');
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('POST');
  });

  it('gives an address its tokens a minute, then says when to come again', async () => {
    const { post } = createTestApp({ tokensPerMinute: 2 });
    expect((await post('/api/token', {}, {}, '10.0.0.1')).status).toBe(200);
    expect((await post('/api/token', {}, {}, '10.0.0.1')).status).toBe(200);
    const refused = await post('/api/token', {}, {}, '10.0.0.1');
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await post('/api/token', {}, {}, '10.0.0.2')).status).toBe(200);
  });

  it('says so when livekit-server is away', async () => {
    const { post, sfu } = createTestApp();
    sfu.createRoom = async () => {
      throw new SfuError('unreachable', 'away', undefined);
    };
    const response = await post('/api/token', {});
    expect(response.status).toBe(503);
    expect((await errorOf(response)).code).toBe('livekit_unavailable');
  });

  it('asks for the access key where one is set', async () => {
    const { post } = createTestApp({ accessKey: ACCESS_KEY });
    const refused = await post('/api/token', {});
    expect(refused.status).toBe(401);
    expect((await errorOf(refused)).code).toBe('access_key_required');
    expect((await post('/api/token', {}, { authorization: `Bearer ${ACCESS_KEY}` })).status).toBe(200);
  });
});
