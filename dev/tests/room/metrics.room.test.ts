import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { callDetailSchema } from '@parley/contracts/call-record';
import { WORKER_AGENT_NAME } from '@parley/contracts/dispatch';
import { AccessToken, RoomAgentDispatch, RoomConfiguration } from 'livekit-server-sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type RoomCaller, startRoomCaller } from '../../callers/room-caller.ts';
import { createSentenceSpeaker, type SentenceSpeaker } from '../../callers/speak-sentence.ts';
import { type Parley, startParley } from '../../parley/start-parley.ts';
import { type ExposedMetric, readExposition } from '../metrics/read-exposition.ts';
import { healthOf, heardOut, TEST_AGENTS_DIR, until, WAIT } from './parley-call.ts';

/** Rooms and callers of telephones have numbers for names. */
const ROOM = 'call-_+491701234567_x';
const CALLER = 'sip_+491709876543';
const SENTENCE = 'What are your prices?';

let parley: Parley;
let speaker: SentenceSpeaker;
let collector: Server;
let caller: RoomCaller | null = null;
const traced: string[] = [];

beforeAll(async () => {
  speaker = createSentenceSpeaker();
  collector = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      traced.push(Buffer.concat(chunks).toString());
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
  const { port } = collector.address() as AddressInfo;
  const settings = { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` };
  parley = await startParley({ agentsDir: TEST_AGENTS_DIR, settings });
}, 120_000);

afterAll(async () => {
  await caller?.leave();
  await speaker?.close();
  await parley?.stop();
  collector?.closeAllConnections();
  collector?.close();
}, 60_000);

async function callByNumber(): Promise<RoomCaller> {
  const token = new AccessToken(parley.apiKey, parley.apiSecret, { identity: CALLER });
  token.addGrant({ roomJoin: true, room: ROOM });
  const metadata = JSON.stringify({ agent: 'storyteller' });
  token.roomConfig = new RoomConfiguration({
    agents: [new RoomAgentDispatch({ agentName: WORKER_AGENT_NAME, metadata })],
  });
  return startRoomCaller({ url: parley.livekitUrl, token: await token.toJwt() });
}

/** What the server and every worker process answer, found as Prometheus finds it. */
async function scrape() {
  const { metrics: address } = await healthOf(parley);
  if (address === undefined) throw new Error('the health names no address of figures');
  const found = await (await fetch(new URL('/targets', address))).json();
  const [{ targets } = { targets: [] }] = z.array(z.object({ targets: z.array(z.string()) })).parse(found);
  const read = async (url: string) => (await fetch(url)).text();
  const texts = await Promise.all([
    read(address),
    ...targets.map((target) => read(`http://${target}/metrics`)),
  ]);
  const all = texts.map(readExposition);
  const sum = (name: string, sample = name, labels: Readonly<Record<string, string>> = {}) => {
    const samples = all.flatMap((metrics) => metrics.get(name)?.samples ?? ([] as ExposedMetric['samples']));
    const fitting = samples.filter(
      (one) =>
        one.name === sample && Object.entries(labels).every(([key, value]) => one.labels[key] === value),
    );
    return fitting.reduce((total, { value }) => total + value, 0);
  };
  return { text: texts.join(''), workers: targets.length, sum };
}

describe('figures and traces of a call', () => {
  it('are those of its record, and tell nobody who called, from where and what was said', async () => {
    caller = await callByNumber();
    await heardOut(caller);
    const said = await caller.say(await speaker.speak(SENTENCE));
    const onsetAtMs = await caller.waitForSound({ sinceMs: said.lastSampleAtMs, ...WAIT });
    await caller.waitForAgentState('listening', { sinceMs: onsetAtMs, ...WAIT });
    const during = await scrape();
    expect(during.workers).toBeGreaterThanOrEqual(2);
    expect(during.sum('parley_calls_active')).toBe(1);
    expect(during.sum('parley_calls_started_total')).toBe(1);

    const callId = caller.roomSid;
    await caller.leave();
    await until(
      'the end is counted',
      async () => (await scrape()).sum('parley_stored_calls_ended_total') === 1,
    );
    await until('the worker counts it', async () => (await scrape()).sum('parley_calls_ended_total') === 1);
    const after = await scrape();
    const detail = callDetailSchema.parse(await (await fetch(`${parley.url}/api/calls/${callId}`)).json());
    expect(after.sum('parley_calls_active')).toBe(0);
    expect(after.sum('parley_turns_total')).toBe(detail.turns.length);
    const stages = 'parley_answer_stage_seconds';
    const answers = detail.turns.flatMap((turn) =>
      turn.role === 'agent' && turn.answers !== null ? [turn.latency] : [],
    );
    expect(answers.length).toBeGreaterThan(0);
    expect(after.sum(stages, `${stages}_count`, { stage: 'end_of_turn' })).toBe(answers.length);
    expect(after.sum(stages, `${stages}_sum`, { stage: 'end_of_turn' })).toBeCloseTo(
      answers.reduce((total, { endOfTurnMs }) => total + (endOfTurnMs ?? 0), 0) / 1000,
    );
    expect(after.sum('parley_playout_lag_seconds', 'parley_playout_lag_seconds_count')).toBeGreaterThan(0);
    expect(after.sum('parley_livekit_up')).toBe(1);

    await until('the turn is traced', () => traced.join().includes('"llm_first_token"'));
    const secrets = ['491701234567', '491709876543', 'costs nothing', 'your prices', parley.apiSecret];
    // livekit-server writes logs of its own, which hold the names of rooms and participants.
    const logged = parley
      .logs()
      .split('\n')
      .filter((line) => !line.startsWith('livekit-server:'));
    expect(logged.join()).toContain(callId);
    for (const secret of secrets)
      for (const told of [after.text, logged.join(), traced.join()])
        expect(told.includes(secret), secret).toBe(false);
    expect(after.text).not.toContain(callId);
  }, 120_000);
});
