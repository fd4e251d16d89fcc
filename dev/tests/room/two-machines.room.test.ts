import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMonotonicClock } from '@parley/agent/runtime/clock';
import { callDetailSchema } from '@parley/contracts/call-record';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFailed } from 'vitest';
import type { RoomCaller } from '../../callers/room-caller.ts';
import { createSentenceSpeaker, type SentenceSpeaker } from '../../callers/speak-sentence.ts';
import { type Parley, startParley } from '../../parley/start-parley.ts';
import { type Child, startChild } from '../../processes/child.ts';
import { startWatchdog } from '../../processes/watchdog.ts';
import { projectFolder } from '../../project-folder.ts';
import { osEnvironment } from '../../settings/os-environment.ts';
import {
  answers,
  everybodyLeaves,
  greetedBy,
  healthOf,
  TEST_AGENTS_DIR,
  until,
  WAIT,
} from './parley-call.ts';

/** An agent and its data: what a machine of its own would have. */
interface Machine {
  readonly pid: number;
  logs(): string;
}

let parley: Parley;
let second: Child;
let secondData: string;
let speaker: SentenceSpeaker;
const watchdog = startWatchdog();

beforeAll(async () => {
  speaker = createSentenceSpeaker();
  parley = await startParley({ agentsDir: TEST_AGENTS_DIR, settings: { PARLEY_WORKER_PROCESSES: '1' } });
  secondData = await mkdtemp(join(tmpdir(), 'parley-second-'));
  const { PATH = '', HOME = '' } = osEnvironment();
  second = await startChild({
    name: 'second machine',
    command: process.execPath,
    args: [join(projectFolder(), 'agent', 'dist', 'main.js')],
    env: {
      PATH,
      HOME,
      LIVEKIT_URL: parley.livekitUrl,
      LIVEKIT_API_KEY: parley.apiKey,
      LIVEKIT_API_SECRET: parley.apiSecret,
      PARLEY_SERVER_URL: parley.url,
      PARLEY_DATA: secondData,
      PARLEY_AGENTS: TEST_AGENTS_DIR,
      PARLEY_WORKER_PROCESSES: '1',
      PARLEY_HEALTH_PORT: '0',
      PARLEY_UPLOAD: 'server',
    },
    cwd: projectFolder(),
    hasChannel: true,
    clock: createMonotonicClock(),
    watchdog,
  });
}, 120_000);

beforeEach(() => onTestFailed(() => console.info(parley.logs(), second.lastLines().join('\n'))));

afterEach(everybodyLeaves, 60_000);

afterAll(async () => {
  await speaker?.close();
  await second?.stop({ signals: ['SIGINT', 'SIGINT'], graceMs: 4_000 });
  watchdog.close();
  await parley?.stop();
  await rm(secondData, { recursive: true, force: true });
}, 60_000);

const machines = (): readonly Machine[] => [
  { pid: parley.pids.agent, logs: parley.logs },
  { pid: second.pid, logs: () => second.lastLines().join('\n') },
];

/** The machine that has the call. */
function machineOf(callId: string): Machine {
  const begun = (machine: Machine) =>
    machine
      .logs()
      .split('\n')
      .some((line) => line.includes(callId) && line.includes('call begun'));
  const machine = machines().find(begun);
  if (machine === undefined) throw new Error(`no machine tells of call ${callId}`);
  return machine;
}

/** A caller who is being told a story, by either of two machines that take calls. */
async function listener(): Promise<RoomCaller> {
  await until('both machines take calls', async () => (await healthOf(parley)).workers.ready === 2);
  const caller = await greetedBy(parley, 'storyteller');
  await caller.say(await speaker.speak('Tell me a story.'));
  await caller.waitForText(({ text }) => text.includes('river'), WAIT);
  return caller;
}

/** The story is told to its end, by one agent, which then answers once. */
async function goesOn(caller: RoomCaller): Promise<void> {
  await caller.waitForText(({ text }) => text.endsWith('stars.'), WAIT);
  const { identity } = await caller.waitForAgent(WAIT);
  expect(new Set(caller.members().flatMap((m) => (m.kind === 'agent' ? [m.identity] : [])))).toEqual(
    new Set([identity]),
  );
  await caller.sendChat('What are your prices?');
  await caller.waitForText(({ text }) => text.includes('costs nothing'), WAIT);
  expect(answers(caller).filter((text) => text.includes('costs nothing'))).toHaveLength(1);
}

// What is killed on one machine is taken up in the gate: resume.room.test.ts.
describe.runIf(process.env.PARLEY_TEST_LONG === '1')('a call whose machine', () => {
  it('stands still is taken up by another, and the first is silent when it comes back', async () => {
    const caller = await listener();
    const { pid, logs } = machineOf(caller.roomSid);
    const stoppedAtMs = caller.nowMs();
    process.kill(-pid, 'SIGSTOP');
    try {
      const silentAtMs = await caller.waitForSilence(1_000, { sinceMs: stoppedAtMs - 1_000, ...WAIT });
      const backAtMs = await caller.waitForSound({ sinceMs: silentAtMs + 500, ...WAIT });
      console.info(
        `agent audible again ${Math.round(backAtMs - stoppedAtMs)} ms after its machine stood still`,
      );
    } finally {
      process.kill(-pid, 'SIGCONT');
    }
    await goesOn(caller);
    await until('the machine that came back has left the call', () =>
      logs()
        .split('\n')
        .some((line) => line.includes(caller.roomSid) && /superseded|call ended|stopped/.test(line)),
    );
  }, 150_000);

  it('is lost goes on by what the server has of it', async () => {
    const caller = await listener();
    const { pid } = machineOf(caller.roomSid);
    const isSecond = pid === second.pid;
    process.kill(-pid, 'SIGKILL');
    await goesOn(caller);
    await caller.leave();
    await until('the call is ended', async () => {
      const call = callDetailSchema.parse(
        await (await fetch(`${parley.url}/api/calls/${caller.roomSid}`)).json(),
      );
      return call.state === 'ended' && call.turns.some((turn) => turn.text.includes('costs nothing'));
    });
    const call = callDetailSchema.parse(
      await (await fetch(`${parley.url}/api/calls/${caller.roomSid}`)).json(),
    );
    expect(call.moments.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['agent_lost', 'agent_resumed']),
    );
    expect(isSecond || call.endReason === 'caller_left').toBe(true);
  }, 150_000);
});
