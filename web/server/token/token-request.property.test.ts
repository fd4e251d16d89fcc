import fc from 'fast-check';
import { decodeJwt } from 'jose';
import { expect, it } from 'vitest';
import { createTestApp, workerReport } from '../testing/test-app.ts';

/** Mostly what a client may send, now and then what it may not. */
const often = <T, U>(right: fc.Arbitrary<T>, wrong: fc.Arbitrary<U>) =>
  fc.oneof({ weight: 12, arbitrary: right }, { weight: 1, arbitrary: wrong });

const anything = fc.jsonValue({ maxDepth: 2 });
const text = often(
  fc.string({ maxLength: 40, unit: 'binary' }),
  fc.oneof(fc.constant('x'.repeat(3_000)), anything),
);
const attributeName = often(
  fc.string({ minLength: 1, maxLength: 10 }),
  fc.constantFrom('lk.agent.state', 'sip.callID', 'parley.role', 'PARLEY.role', '__proto__', 'kind', ''),
);
const variables = fc
  .dictionary(fc.constantFrom('name', 'city', '_x'), fc.string())
  .map((values) => JSON.stringify(values));
const agent = fc.record(
  {
    agent_name: often(
      fc.constantFrom('receptionist', '', null),
      fc.constantFrom('admin', 'parley', 'x'.repeat(65)),
    ),
    metadata: often(variables, fc.oneof(anything, fc.constantFrom('{"a":1}', '[]', 'no json'))),
  },
  { requiredKeys: [] },
);
const hostileAgent = fc.record(
  { deployment: text, restart_policy: anything, attributes: anything },
  { requiredKeys: [] },
);
const roomConfig = often(
  fc.record(
    { agents: often(fc.array(agent, { maxLength: 1 }), fc.array(hostileAgent)) },
    { requiredKeys: [] },
  ),
  fc.record({
    name: text,
    empty_timeout: fc.nat(),
    egress: anything,
    max_participants: fc.nat(),
    agents: anything,
  }),
);
const body = often(
  fc.record(
    {
      room_name: text,
      participant_identity: text,
      participant_name: text,
      participant_metadata: text,
      participant_attributes: often(fc.dictionary(attributeName, fc.string(), { maxKeys: 4 }), anything),
      room_config: roomConfig,
    },
    { requiredKeys: [] },
  ),
  fc.oneof(
    anything,
    fc.constantFrom({ video: { roomAdmin: true } }, { sip: { admin: true } }, { kind: 'agent' }, { ttl: 9 }),
  ),
);

const GRANT = {
  roomJoin: true,
  canPublish: true,
  canPublishSources: ['microphone'],
  canPublishData: true,
  canSubscribe: true,
  canUpdateOwnMetadata: false,
};
const CLAIMS = ['attributes', 'exp', 'iss', 'metadata', 'name', 'nbf', 'roomConfig', 'sub', 'video'];

it('never grants more than a caller may have, whatever 1000 bodies ask for', async () => {
  const { post, workers, sfu } = createTestApp();
  workers.report(workerReport());
  let granted = 0;
  const ask = async (asked: unknown) => {
    const roomsBefore = sfu.created.length;
    const response = await post('/api/token', JSON.stringify(asked));
    const answer = (await response.json()) as { participant_token?: string; error?: { message: string } };
    if (response.status !== 200) {
      expect([404, 422]).toContain(response.status);
      expect(answer.error?.message).toBeTruthy();
      expect(sfu.created.length).toBe(roomsBefore);
      return;
    }
    granted++;
    const { roomName, job } = sfu.created.at(-1) ?? expect.fail('a token without a room');
    const claims = decodeJwt(answer.participant_token ?? '');
    expect(Object.keys(claims).filter((name) => !CLAIMS.includes(name))).toEqual([]);
    expect(claims.video).toEqual({ ...GRANT, room: roomName });
    expect(claims.sub).toMatch(/^caller-id\d+$/);
    expect((claims.exp ?? 0) - (claims.nbf ?? 0)).toBeLessThanOrEqual(600);
    const attributes = claims.attributes as Record<string, string>;
    expect(attributes['parley.role']).toBe('caller');
    const reserved = Object.keys(attributes).filter((name) => /^(lk|sip|parley)\./i.test(name));
    expect(reserved.filter((name) => name !== 'parley.role' && name !== 'parley.untrusted')).toEqual([]);
    const config = claims.roomConfig as { name: string; agents: { agentName: string; metadata: string }[] };
    expect(config).not.toHaveProperty('egress');
    expect(config.name).toBe('');
    expect(config.agents.map(({ agentName }) => agentName)).toEqual(['parley']);
    expect(JSON.parse(config.agents[0]?.metadata ?? '')).toEqual(job);
    expect(Object.values(job.variables).filter(({ source }) => source !== 'token')).toEqual([]);
    expect([undefined, 'receptionist']).toContain(job.agent);
  };
  await fc.assert(fc.asyncProperty(body, ask), { numRuns: 1_000 });
  expect(granted).toBeGreaterThan(200);
}, 30_000);
