import { apiErrorSchema, tokenAnswerSchema } from '@parley/contracts/http-api';
import { AgentDispatchClient } from 'livekit-server-sdk';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFailed } from 'vitest';
import { type Parley, startParley } from '../../parley/start-parley.ts';
import {
  answers,
  everybodyLeaves,
  fetchTicket,
  heardOut,
  joinWith,
  TEST_AGENTS_DIR,
  type Ticket,
  until,
  WAIT,
} from './parley-call.ts';

let parley: Parley;

beforeAll(async () => {
  parley = await startParley({ agentsDir: TEST_AGENTS_DIR });
}, 120_000);

beforeEach(() => {
  onTestFailed(() => console.info(parley.logs()));
});

afterEach(everybodyLeaves, 30_000);

afterAll(async () => {
  await parley?.stop();
}, 30_000);

const askToReturn = (ticket: Ticket) =>
  fetch(`${parley.url}/api/token/rejoin`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ rejoin: tokenAnswerSchema.parse(ticket).rejoin }),
  });
const returnWith = async (ticket: Ticket) =>
  tokenAnswerSchema.parse(await (await askToReturn(ticket)).json());
const dispatchesOf = (roomName: string) =>
  new AgentDispatchClient(
    parley.livekitUrl.replace('ws', 'http'),
    parley.apiKey,
    parley.apiSecret,
  ).listDispatch(roomName);

describe('a caller who was gone without a goodbye', () => {
  it('returns as who it was to the agent that it had, which goes on and does not greet again', async () => {
    const ticket = await fetchTicket(parley, 'receptionist');
    const before = await joinWith(ticket, { isAlone: true });
    await heardOut(before);
    const { identity, roomSid } = before;
    await before.vanish();

    const again = await returnWith(ticket);
    expect(again.room_name).toBe(ticket.room_name);
    const after = await joinWith(again);
    expect(after.identity).toBe(identity);
    expect(after.roomSid).toBe(roomSid);
    await after.waitForAgent(WAIT);
    await after.sendChat('What are your prices?');
    await until('the agent answers', () => answers(after).some((text) => text.includes('fifteen pounds')));
    expect(answers(after).filter((text) => /hello|welcome/i.test(text))).toEqual([]);
    expect(after.members().filter(({ identity: one }) => one.startsWith('agent-'))).toHaveLength(1);
    expect(await dispatchesOf(ticket.room_name)).toHaveLength(1);
  }, 120_000);

  it('returns by a server that was started anew', async () => {
    const ticket = await fetchTicket(parley, 'receptionist');
    const before = await joinWith(ticket, { isAlone: true });
    await heardOut(before);
    const { server } = parley.pids;
    process.kill(server, 'SIGKILL');
    await before.vanish();
    await until('the server answers again', async () => {
      const response = await fetch(`${parley.url}/api/health`).catch(() => null);
      return response?.ok === true && parley.pids.server !== server;
    });
    const after = await joinWith(await returnWith(ticket));
    expect(after.roomSid).toBe(before.roomSid);
    await after.waitForAgent(WAIT);
    await after.sendChat('What are your prices?');
    await until('the agent answers', () => answers(after).some((text) => text.includes('fifteen pounds')));
    expect(await dispatchesOf(ticket.room_name)).toHaveLength(1);
  }, 120_000);
});

describe('a call that is over', () => {
  it('is not returned to, and none is made in its place', async () => {
    const ticket = await fetchTicket(parley, 'receptionist');
    const caller = await joinWith(ticket);
    await heardOut(caller);
    await caller.leave();
    await until('the call is over', async () => (await askToReturn(ticket)).status === 410);
    const response = await askToReturn(ticket);
    expect(apiErrorSchema.parse(await response.json()).error.code).toBe('call_over');
  }, 120_000);

  it.runIf(process.env.PARLEY_TEST_LONG === '1')(
    'ends by itself when nobody returns',
    async () => {
      const ticket = await fetchTicket(parley, 'receptionist');
      const caller = await joinWith(ticket, { isAlone: true });
      await heardOut(caller);
      await caller.vanish();
      await until('the call is over', async () => (await askToReturn(ticket)).status === 410, 120_000);
    },
    180_000,
  );
});
