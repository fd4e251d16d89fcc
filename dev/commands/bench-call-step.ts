import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AudioFrame } from '@parley/agent/audio/frame';
import { createMonotonicClock, delay } from '@parley/agent/runtime/clock';
import { type CallLine, holdCall } from '@parley/bench/call/hold-call';
import { type StepFigures, stepFigures } from '@parley/bench/call/step-figures';
import { createSeededRandom } from '@parley/bench/conformance/seeded-random';
import { answerLatency } from '@parley/engine/record/latency';
import { monotonicNowMs } from '../callers/monotonic.ts';
import { type RoomCaller, startRoomCaller } from '../callers/room-caller.ts';
import { type Parley, startParley } from '../parley/start-parley.ts';
import { withDescendants } from '../processes/descendants.ts';
import { cpuMsOf, memoryBytesOf } from '../processes/process-cost.ts';
import { projectFolder } from '../project-folder.ts';
import { fetchTicket, healthOf, until } from '../tests/room/parley-call.ts';
import { recordOf } from '../tests/room/stored-call.ts';

const AGENT = 'benchmark';
/** A greeting that has not come by then never comes. */
const GREETS_WITHIN_MS = 30_000;
/** What a first call makes is made, and what it left is gone, before memory is measured; in ms. */
const SETTLES_MS = 3_000;
/** How long nobody calls, for what that costs; in ms. */
const IDLES_MS = 10_000;

const clock = createMonotonicClock(monotonicNowMs());

/** So many callers at once, in a Parley that has had a call before and none since. */
export async function benchStep(options: {
  readonly callers: number;
  readonly minutes: number;
  readonly seed: number;
  /** Null: as the agent's file has it. */
  readonly silenceMs: number | null;
  readonly question: AudioFrame;
  readonly interruption: AudioFrame;
  /** Of the vendors and the machine, by name. */
  readonly settings: Readonly<Record<string, string>>;
}): Promise<StepFigures> {
  const { callers, minutes, seed, question, interruption } = options;
  const agentsDir = await agentFolder(options.silenceMs);
  const parley = await startParley({ agentsDir, settings: { LOG_LEVEL: 'warn', ...options.settings } });
  const lines: RoomCaller[] = [];
  try {
    await warmCalls(parley, { question, interruption });
    const agents = () => withDescendants([parley.pids.agent]);
    const sum = (of: (pid: number) => number) => agents().reduce((total, pid) => total + of(pid), 0);
    const idleSince = { atMs: clock.nowMs(), cpuMs: sum(cpuMsOf) };
    await delay(clock, IDLES_MS);
    const idleCpuMs = ((sum(cpuMsOf) - idleSince.cpuMs) * 60_000) / (clock.nowMs() - idleSince.atMs);
    const idleMemoryBytes = sum(memoryBytesOf);

    const greetingMs: number[] = [];
    for (let index = 0; index < callers; index++) {
      const { caller, greetedAtMs } = await callBenchmark(parley);
      lines.push(caller);
      greetingMs.push(greetedAtMs - caller.joiningAtMs);
    }
    await Promise.all(
      lines.map((line) => line.waitForSilence(800, { sinceMs: 0, timeoutMs: GREETS_WITHIN_MS })),
    );

    const beganAtMs = clock.nowMs();
    const untilMs = beganAtMs + minutes * 60_000;
    const cpuBeforeMs = sum(cpuMsOf);
    const holding = lines.map(async (line, index) => {
      const random = createSeededRandom(seed * 1_000 + index);
      // People do not all speak at the same moment.
      await delay(clock, random.between(0, 6_000));
      return holdCall({ line: lineOf(line), question, interruption, random, untilMs });
    });
    await delay(clock, untilMs - clock.nowMs());
    const [cpuMs, memoryBytes, durationMs] = [
      sum(cpuMsOf) - cpuBeforeMs,
      sum(memoryBytesOf),
      clock.nowMs() - beganAtMs,
    ];
    const calls = await Promise.all(holding);
    const callIds = lines.map(({ roomSid }) => roomSid);
    await Promise.all(lines.map((line) => line.leave()));
    const latencies = (await Promise.all(callIds.map((callId) => latenciesOf(parley, callId)))).flat();
    return stepFigures({
      calls,
      greetingMs,
      latencies,
      cpuMs,
      durationMs,
      idleCpuMs,
      idleMemoryBytes,
      memoryBytes,
    });
  } finally {
    await Promise.all(lines.map((line) => line.leave()));
    await parley.stop();
    await rm(agentsDir, { recursive: true, force: true });
  }
}

/** The benchmark's agent, with another patience where one is asked for. */
async function agentFolder(silenceMs: number | null): Promise<string> {
  const file = 'benchmark.yaml';
  const text = await readFile(join(projectFolder(), 'bench', 'call', 'agents', file), 'utf8');
  const patience = silenceMs === null ? '' : `turn: { vadParams: { silenceDurationMs: ${silenceMs} } }\n`;
  const folder = await mkdtemp(join(tmpdir(), 'parley-bench-'));
  await writeFile(join(folder, file), `${text}${patience}`);
  return folder;
}

/** Joins as a page does: asks for a token and goes in at once. */
async function callBenchmark(parley: Parley): Promise<{ caller: RoomCaller; greetedAtMs: number }> {
  const ticket = await fetchTicket(parley, AGENT);
  const caller = await startRoomCaller({ url: ticket.server_url, token: ticket.participant_token });
  try {
    const greetedAtMs = await caller.waitForSound({ sinceMs: 0, timeoutMs: GREETS_WITHIN_MS });
    return { caller, greetedAtMs };
  } catch (error) {
    await caller.leave();
    throw error;
  }
}

/** A call in each process of the agent, so that none is cold: connections, caches and compiled code are there after it. */
async function warmCalls(
  parley: Parley,
  sounds: { readonly question: AudioFrame; readonly interruption: AudioFrame },
): Promise<void> {
  const { processes } = (await healthOf(parley)).workers;
  await Promise.all(
    Array.from({ length: processes }, async () => {
      const { caller } = await callBenchmark(parley);
      await caller.waitForSilence(800, { sinceMs: 0, timeoutMs: GREETS_WITHIN_MS });
      const untilMs = clock.nowMs() + 1;
      await holdCall({ line: lineOf(caller), ...sounds, random: createSeededRandom(0), untilMs });
      await caller.leave();
    }),
  );
  await until('the calls before are over', async () => (await healthOf(parley)).workers.calls === 0);
  await delay(clock, SETTLES_MS);
}

function lineOf(caller: RoomCaller): CallLine {
  return {
    nowMs: caller.nowMs,
    say: (sound) => caller.say(sound),
    heardSince: (sinceMs) => caller.heardSince(sinceMs),
    waitForSound: (options) => caller.waitForSound(options),
    waitForSilence: (silenceMs, options) => caller.waitForSilence(silenceMs, options),
    delay: (ms) => delay(clock, ms),
  };
}

/** Where the time of each answer went, as the record of the call tells once it is stored. */
async function latenciesOf(parley: Parley, callId: string) {
  const { turns } = await recordOf(parley, callId);
  return turns.map(answerLatency).filter((latency) => latency !== null);
}
