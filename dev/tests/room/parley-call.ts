import { fileURLToPath } from 'node:url';
import { createMonotonicClock, delay } from '@parley/agent/runtime/clock';
import { WORKER_AGENT_NAME } from '@parley/contracts/dispatch';
import { type Health, healthSchema } from '@parley/contracts/http-api';
import { AccessToken, RoomAgentDispatch, RoomConfiguration } from 'livekit-server-sdk';
import { type RoomCaller, startRoomCaller } from '../../callers/room-caller.ts';
import type { Parley } from '../../parley/start-parley.ts';

/** Longer than any answer takes; a hang, not a slow machine. */
export const WAIT = { timeoutMs: 60_000 };

/** Agents that only tests talk to. */
export const TEST_AGENTS_DIR = fileURLToPath(new URL('../agents/', import.meta.url));

/** A caller's ticket, as the page gets it. */
export interface Ticket {
  readonly server_url: string;
  readonly participant_token: string;
  readonly room_name: string;
}

/** Asks the server for a token, as a page does. */
export async function fetchTicket(parley: Parley, agent?: string): Promise<Ticket> {
  const body = agent === undefined ? {} : { room_config: { agents: [{ agent_name: agent }] } };
  const response = await fetch(`${parley.url}/api/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`no token: ${response.status} ${await response.text()}`);
  return (await response.json()) as Ticket;
}

/** Whether a caller gets a process of its own, which it needs to vanish. Default: it shares one. */
interface CallerOptions {
  readonly isAlone?: boolean;
}

/** Calls an agent, through the server's own address, as a page does. */
export async function callAgent(
  parley: Parley,
  agent?: string,
  options: CallerOptions = {},
): Promise<RoomCaller> {
  return joinWith(await fetchTicket(parley, agent), options);
}

/** Calls an agent by a dispatch of one's own, which the server does not see: there may be none of that name. */
export async function callAnyAgent(parley: Parley, agent: string): Promise<RoomCaller> {
  const token = new AccessToken(parley.apiKey, parley.apiSecret, { identity: 'stray' });
  token.addGrant({ roomJoin: true, room: `stray-${agent}` });
  token.roomConfig = new RoomConfiguration({
    agents: [new RoomAgentDispatch({ agentName: WORKER_AGENT_NAME, metadata: JSON.stringify({ agent }) })],
  });
  return startCaller(parley.livekitUrl, await token.toJwt());
}

/** Calls an agent and hears its greeting out. */
export async function greetedBy(
  parley: Parley,
  agent?: string,
  options: CallerOptions = {},
): Promise<RoomCaller> {
  const caller = await callAgent(parley, agent, options);
  await heardOut(caller);
  return caller;
}

/** Waits until the agent listens. A state that passes quickly may never be seen: the last one counts. */
export async function heardOut(caller: RoomCaller): Promise<void> {
  await until('the agent listens', () => caller.agentStates().at(-1)?.state === 'listening');
}

/** Asks the server how it is. */
export async function healthOf(parley: Parley): Promise<Health> {
  const response = await fetch(`${parley.url}/api/health`);
  return healthSchema.parse(await response.json());
}

/** The process that runs a call, as its own log tells. */
export function processOf(parley: Parley, callId: string): number {
  const line = parley
    .logs()
    .split('\n')
    .findLast((text) => text.includes(callId) && text.includes('call begun'));
  const pid = /"pid":(\d+)/.exec(line ?? '')?.[1];
  if (pid === undefined) throw new Error(`no process tells of call ${callId}`);
  return Number(pid);
}

/** Looks again and again until it is so; fails after a time that only a hang takes. */
export async function until(
  what: string,
  isSo: () => boolean | Promise<boolean>,
  timeoutMs = 60_000,
): Promise<void> {
  const clock = createMonotonicClock();
  while (!(await isSo())) {
    if (clock.nowMs() > timeoutMs) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await delay(clock, 50);
  }
}

export function joinWith(ticket: Ticket, options: CallerOptions = {}): Promise<RoomCaller> {
  return startCaller(ticket.server_url, ticket.participant_token, options);
}

const callers = new Set<RoomCaller>();

async function startCaller(url: string, token: string, options: CallerOptions = {}): Promise<RoomCaller> {
  const caller = await startRoomCaller({ url, token, ...options });
  callers.add(caller);
  return caller;
}

/** After each test: whoever is still in a call hangs up, so that no test finds another's calls. */
export async function everybodyLeaves(): Promise<void> {
  await Promise.all([...callers].map((caller) => caller.leave()));
  callers.clear();
}

/** What the recogniser understood of this caller, turn by turn. */
export function understood(caller: RoomCaller): string[] {
  return caller
    .texts()
    .filter(
      ({ identity, attributes }) =>
        identity === caller.identity && attributes['lk.transcription_final'] === 'true',
    )
    .map(({ text }) => text.toLowerCase());
}

/** What the agent said, reply by reply, as captions told it. */
export function answers(caller: RoomCaller): string[] {
  return caller
    .texts()
    .filter(({ topic, identity }) => topic === 'lk.transcription' && identity !== caller.identity)
    .map(({ text }) => text);
}

/** Joins as somebody whose token allows everything: what a stranger's never does. */
export async function joinWithEveryRight(parley: Parley, roomName: string): Promise<RoomCaller> {
  const token = new AccessToken(parley.apiKey, parley.apiSecret, { identity: 'intruder' });
  token.addGrant({ roomJoin: true, room: roomName });
  return startCaller(parley.livekitUrl, await token.toJwt());
}
