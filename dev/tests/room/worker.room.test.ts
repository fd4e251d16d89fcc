import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { agentIdentity, callIdSchema, MAIN_SEAT } from '@parley/contracts/ids';
import {
  AccessToken,
  AgentDispatchClient,
  type ParticipantInfo,
  RoomAgentDispatch,
  RoomServiceClient,
} from 'livekit-server-sdk';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type RoomCaller, startRoomCaller } from '../../callers/room-caller.ts';
import { startTestSfu, type TestSfu } from '../../sfu/test-sfu.ts';
import { eventually, startTestAgent, type TestAgent } from './worker/test-agent.ts';

let sfu: TestSfu;
let rooms: RoomServiceClient;
let dispatches: AgentDispatchClient;
let agents: TestAgent[] = [];
let callers: RoomCaller[] = [];
let servers: Server[] = [];
let roomCount = 0;

beforeAll(async () => {
  sfu = await startTestSfu();
  rooms = new RoomServiceClient(sfu.httpUrl, sfu.apiKey, sfu.apiSecret);
  dispatches = new AgentDispatchClient(sfu.httpUrl, sfu.apiKey, sfu.apiSecret);
});
afterEach(async () => {
  await Promise.all(callers.map((caller) => caller.leave()));
  await Promise.all(agents.map((agent) => agent.close()));
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  callers = [];
  agents = [];
  servers = [];
});
afterAll(() => sfu.stop());

async function startAgent(environment: Record<string, string> = {}): Promise<TestAgent> {
  const agent = await startTestAgent({
    LIVEKIT_URL: sfu.url,
    LIVEKIT_API_KEY: sfu.apiKey,
    LIVEKIT_API_SECRET: sfu.apiSecret,
    PARLEY_WORKER_PROCESSES: '1',
    ...environment,
  });
  agents.push(agent);
  const processes = Number(environment.PARLEY_WORKER_PROCESSES ?? 1);
  await eventually('registrations', () => registrations(agent) >= processes || undefined, 20_000);
  return agent;
}

const registrations = (agent: TestAgent, name = 'parley') =>
  agent.log.filter(({ msg, agentName }) => msg === 'registered with livekit-server' && agentName === name)
    .length;

/** Makes a room with our agent in it, as the token endpoint does. */
async function openRoom(behaviour = 'sit'): Promise<{ name: string; identity: string }> {
  const name = `call-${++roomCount}`;
  const metadata = JSON.stringify({ variables: { behaviour: { value: behaviour, source: 'operator' } } });
  const { sid } = await rooms.createRoom({
    name,
    agents: [new RoomAgentDispatch({ agentName: 'parley', metadata })],
  });
  return { name, identity: agentIdentity(callIdSchema.parse(sid), MAIN_SEAT) };
}

async function endDispatch(room: string): Promise<void> {
  const [dispatch] = await dispatches.listDispatch(room);
  await dispatches.deleteDispatch(dispatch?.id ?? '', room);
}

async function enter(room: string): Promise<RoomCaller> {
  const token = new AccessToken(sfu.apiKey, sfu.apiSecret, { identity: `caller-${room}` });
  token.addGrant({ roomJoin: true, room });
  const caller = await startRoomCaller({ url: sfu.url, token: await token.toJwt() });
  callers.push(caller);
  return caller;
}

/** The agent of a room once it is there and says which process it is of. */
const agentIn = (room: { name: string; identity: string }, generation = 1) =>
  eventually(`agent of generation ${generation}`, async () =>
    (await rooms.listParticipants(room.name)).find(
      ({ identity, attributes }) =>
        identity === room.identity &&
        attributes['parley.generation'] === String(generation) &&
        attributes['test.pid'] !== undefined,
    ),
  );

const pidOf = ({ attributes }: ParticipantInfo) => Number(attributes['test.pid']);

/** A web server that answers every request of a worker; its address. */
async function serve(answer: (path: string, body: unknown) => unknown): Promise<string> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    response.end(JSON.stringify(answer(request.url ?? '', JSON.parse(Buffer.concat(chunks).toString()))));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  servers.push(server);
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const thrownAgain = (agent: TestAgent) =>
  agent.log.filter(({ msg }) => msg === 'a call that was given up threw again').length;

const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};
const isGone = (pid: number) => !isAlive(pid) || undefined;
const participantCount = async (room: { name: string }) => (await rooms.listParticipants(room.name)).length;

describe('a worker', () => {
  it('joins as the agent of its call, names the fault of a job it cannot run, and leaves when its dispatch goes', async () => {
    const agent = await startAgent();
    const room = await openRoom();
    const { name, attributes } = await agentIn(room);
    expect(name).toBe('The Sitter');
    expect(attributes).toMatchObject({
      'lk.agent.state': 'initializing',
      'lk.agent.name': 'sitter',
      'lk.agent_name': 'parley',
      'parley.call_id': room.identity.replace('agent-', ''),
      'parley.generation': '1',
    });
    await dispatches.createDispatch(room.name, 'parley', { metadata: '{"generation": "two"}' });
    const line = await agent.waitForLine(({ msg }) => msg === 'a job cannot be run');
    expect(line.fault).toMatch(/generation: .*number/);
    for (const dispatch of await dispatches.listDispatch(room.name)) {
      await dispatches.deleteDispatch(dispatch.id, room.name);
    }
    await agent.waitForLine(({ why }) => why === 'terminated_by_server');
    await eventually('empty room', async () => (await participantCount(room)) === 0 || undefined);
  });

  it('joins any room where that is switched on', async () => {
    const worker = await startAgent({ PARLEY_AUTO_DISPATCH: 'true' });
    // A room that is made before is offered to nobody.
    await eventually('registration under no name', () => registrations(worker, '') > 0 || undefined);
    const name = `call-${++roomCount}`;
    const { sid } = await rooms.createRoom({ name });
    const agent = await agentIn({ name, identity: agentIdentity(callIdSchema.parse(sid), MAIN_SEAT) });
    expect(agent.attributes).toMatchObject({ 'lk.agent.name': 'sitter', 'lk.agent_name': '' });
  });

  it('takes a call for every one of its slots, and nothing while it is full', async () => {
    const agent = await startAgent({ PARLEY_MAX_CALLS_PER_PROCESS: '4' });
    const taken = () => agent.log.filter(({ msg }) => msg === 'call taken');
    const opened = [];
    for (let i = 1; i <= 4; i++) {
      opened.push(await openRoom('stay-out'));
      await eventually(`call ${i}`, () => taken().length === i || undefined);
    }
    const tooMany = await openRoom('stay-out');
    await endDispatch(opened[0]?.name ?? '');
    await agent.waitForLine(({ msg }) => msg === 'call over');
    await agentIn(await openRoom());
    expect(taken()).toHaveLength(5);
    expect(taken().map(({ callId }) => `agent-${callId}`)).not.toContain(tooMany.identity);
  });

  it('leaves a seat alone that the server gave to another', async () => {
    const asked: unknown[] = [];
    const server = await serve((path, body) => {
      if (path === '/internal/claims') asked.push(body);
      return { kind: 'refused', heldGeneration: 1 };
    });
    const agent = await startAgent({ PARLEY_SERVER_URL: server });
    const room = await openRoom();
    await agent.waitForLine(({ msg, outcome }) => msg === 'call over' && outcome === 'refused');
    expect(asked).toMatchObject([
      { callId: room.identity.replace('agent-', ''), seat: 'main', generation: 1 },
    ]);
    expect(await participantCount(room)).toBe(0);
  });

  it('asks the room when the server does not answer, and leaves a seat alone that is taken', async () => {
    const agent = await startAgent({ PARLEY_SERVER_URL: 'http://127.0.0.1:1' });
    const room = await openRoom();
    const first = await agentIn(room);
    await dispatches.createDispatch(room.name, 'parley', { metadata: '{"generation":1}' });
    await agent.waitForLine(({ msg, outcome }) => msg === 'call over' && outcome === 'refused');
    expect((await agentIn(room)).sid).toBe(first.sid);
  });

  it('is registered again within 3 s of a restart of its server', async () => {
    const own = await startTestSfu();
    const agent = await startAgent({
      LIVEKIT_URL: own.url,
      LIVEKIT_API_KEY: own.apiKey,
      LIVEKIT_API_SECRET: own.apiSecret,
    });
    await own.stop();
    await agent.waitForLine(({ msg }) => msg.startsWith('livekit-server is still away'));
    const again = await startTestSfu({ port: Number(new URL(own.httpUrl).port), keys: own });
    try {
      await eventually('registration', () => registrations(agent) === 2 || undefined, 30_000);
    } finally {
      await again.stop();
    }
  });
});

describe('a call that loses its process', () => {
  it('goes on in another process under the same identity', async () => {
    await startAgent({ PARLEY_WORKER_PROCESSES: '2' });
    const room = await openRoom();
    const first = await agentIn(room);
    await enter(room.name);
    process.kill(pidOf(first), 'SIGKILL');
    const second = await agentIn(room, 2);
    expect(pidOf(second)).not.toBe(pidOf(first));
    expect(second.attributes['lk.agent.state']).toBe('initializing');
  });

  it('goes on in the process that is started in its place, where there is but one', async () => {
    await startAgent();
    const room = await openRoom();
    const first = await agentIn(room);
    await enter(room.name);
    process.kill(pidOf(first), 'SIGKILL');
    await agentIn(room, 2);
  });

  it('is not ended by LiveKit, which takes the eviction of its dead predecessor for its own leaving', async () => {
    const agent = await startAgent({ PARLEY_WORKER_PROCESSES: '2' });
    const room = await openRoom();
    const first = await agentIn(room);
    await enter(room.name);
    // livekit-server ties jobs to participants once it has asked all its nodes for workers, which takes it 5 s.
    await eventually('known job', async () => {
      const [dispatch] = await dispatches.listDispatch(room.name);
      return dispatch?.state?.jobs[0];
    });
    process.kill(pidOf(first), 'SIGKILL');
    const second = await agentIn(room, 2);
    await agent.waitForLine(
      ({ msg }) => msg === 'a termination without a deleted dispatch; the call goes on',
    );
    expect((await agentIn(room, 2)).sid).toBe(second.sid);
  });

  it('is over when nobody is left to talk to', async () => {
    const agent = await startAgent({ PARLEY_WORKER_PROCESSES: '2' });
    const room = await openRoom();
    process.kill(pidOf(await agentIn(room)), 'SIGKILL');
    await agent.waitForLine(({ reason }) => reason === 'no_human');
  });

  it('is given up with its room at the third death within a minute', async () => {
    const agent = await startAgent({ PARLEY_WORKER_PROCESSES: '2' });
    const room = await openRoom();
    await enter(room.name);
    for (const generation of [1, 2, 3]) process.kill(pidOf(await agentIn(room, generation)), 'SIGKILL');
    await agent.waitForLine(({ reason }) => reason === 'agent_lost');
    await eventually(
      'end of the room',
      async () => (await rooms.listRooms([room.name])).length === 0 || undefined,
    );
  });

  it('because a callback of its own threw goes on in another, and the calls beside it do not notice', async () => {
    const agent = await startAgent({ PARLEY_WORKER_PROCESSES: '2', PARLEY_MAX_CALLS_PER_PROCESS: '4' });
    const quiet = await Promise.all([1, 2, 3].map(() => openRoom()));
    const before = await Promise.all(quiet.map((room) => agentIn(room)));
    const bad = await openRoom('throw');
    await enter(bad.name);
    await agentIn(bad, 2);
    await eventually('more exceptions', () => thrownAgain(agent) >= 12 || undefined);
    const after = await Promise.all(quiet.map((room) => agentIn(room)));
    expect(after.map(({ sid }) => sid)).toEqual(before.map(({ sid }) => sid));
    await agent.waitForLine(({ msg }) => msg === 'draining: no further call is taken');
  });
});

describe('the end of the agent', () => {
  it('by SIGTERM waits for the running calls and takes no other', async () => {
    const agent = await startAgent();
    const room = await openRoom();
    await agentIn(room);
    agent.signal('SIGTERM');
    await agent.waitForLine(({ msg }) => msg === 'draining: no further call is taken');
    const refused = await openRoom();
    expect(await participantCount(room)).toBe(1);
    await rooms.deleteRoom(room.name);
    expect(await agent.exited).toBe(0);
    expect(await participantCount(refused)).toBe(0);
  });

  it('by SIGINT lets calls leave, and comes at once', async () => {
    const agent = await startAgent({ PARLEY_WORKER_PROCESSES: '2' });
    const room = await openRoom();
    await agentIn(room);
    agent.signal('SIGINT');
    expect(await agent.exited).toBe(0);
    expect(agent.log).toContainEqual({ msg: 'call stopped', why: 'worker_stopping' });
    expect(agent.processPids().filter(isAlive)).toEqual([]);
    expect(await participantCount(room)).toBe(0);
  });

  it('leaves no process behind when its supervisor is killed', async () => {
    const agent = await startAgent({ PARLEY_WORKER_PROCESSES: '2' });
    agent.signal('SIGKILL');
    await agent.exited;
    await Promise.all(agent.processPids().map((pid) => eventually('end of the process', () => isGone(pid))));
  });

  it('comes when the one who started it is gone', async () => {
    const agent = await startAgent();
    agent.abandon();
    expect(await agent.exited).toBe(0);
  });

  it('comes at once, with every fault named, where the settings are faulty', async () => {
    const agent = await startTestAgent({ LIVEKIT_URL: 'nowhere', PARLEY_WORKER_PROCESSES: 'many' });
    expect(await agent.exited).toBe(78);
    for (const name of ['LIVEKIT_URL', 'LIVEKIT_API_KEY', 'LIVEKIT_API_SECRET', 'PARLEY_WORKER_PROCESSES']) {
      await agent.waitForLine(({ msg }) => msg.startsWith(`  ${name} is `));
    }
  });
});
