import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createSentenceSpeaker, type SentenceSpeaker } from '../../callers/speak-sentence.ts';
import { type Parley, startParley } from '../../parley/start-parley.ts';
import {
  answers,
  everybodyLeaves,
  greetedBy,
  healthOf,
  TEST_AGENTS_DIR,
  until,
  WAIT,
} from './parley-call.ts';

/** The long answer of the storyteller. */
const STORY =
  'Once there was a river that went to the sea. On its way it passed nine towns and a very old mill. ' +
  'In the mill there lived a cat, and the cat had a secret. Every night it went out to count the stars.';

let parley: Parley;
let speaker: SentenceSpeaker;

beforeAll(async () => {
  speaker = createSentenceSpeaker();
  parley = await startParley({ agentsDir: TEST_AGENTS_DIR, settings: { PARLEY_WORKER_PROCESSES: '2' } });
}, 120_000);

afterEach(everybodyLeaves, 30_000);

afterAll(async () => {
  await speaker?.close();
  await parley?.stop();
}, 60_000);

/** The process that runs a call, as its own log tells. */
function processOf(callId: string): number {
  const line = parley
    .logs()
    .split('\n')
    .findLast((text) => text.includes(callId) && text.includes('call begun'));
  const pid = /"pid":(\d+)/.exec(line ?? '')?.[1];
  if (pid === undefined) throw new Error(`no process tells of call ${callId}`);
  return Number(pid);
}

function isRunning(pid: number): boolean {
  if (!readdirSync('/proc').includes(String(pid))) return false;
  return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
}

describe('the life of an agent', () => {
  it('frees the place of a caller who hung up', async () => {
    const caller = await greetedBy(parley, 'storyteller');
    await until('the call is counted', async () => (await healthOf(parley)).workers.calls === 1);
    await caller.leave();
    await until('the place is free', async () => (await healthOf(parley)).workers.calls === 0);
  });

  it('goes on after the last word that was heard, under the same identity, when its process is killed', async () => {
    const caller = await greetedBy(parley, 'storyteller');
    const before = await caller.waitForAgent(WAIT);
    await caller.say(await speaker.speak('Tell me a story.'));
    await caller.waitForText(({ text }) => text.includes('river'), WAIT);
    const killedAtMs = caller.nowMs();
    process.kill(processOf(caller.roomSid), 'SIGKILL');
    const stoppedAtMs = await caller.waitForSilence(300, { sinceMs: killedAtMs - 1_000, ...WAIT });
    const backAtMs = await caller.waitForSound({ sinceMs: stoppedAtMs + 250, ...WAIT });
    await caller.waitForText(({ text }) => text.includes('count the stars'), WAIT);
    const after = await caller.waitForAgent(WAIT);
    expect(after.identity).toBe(before.identity);
    expect(after.attributes['parley.generation']).toBe('2');
    const [greeting, told = '', rest = '', ...more] = answers(caller);
    expect([greeting, more]).toEqual(['Good day.', []]);
    expect(STORY.startsWith(told)).toBe(true);
    expect(STORY.endsWith(rest)).toBe(true);
    // The process may die between a word's playing and its caption.
    expect(Math.abs(told.length + 1 + rest.length - STORY.length)).toBeLessThan(25);
    const sinceMs = await caller.waitForAgentState('listening', { sinceMs: killedAtMs, ...WAIT });
    await caller.say(await speaker.speak('What are your prices?'));
    await caller.waitForText(
      ({ text, openedAtMs }) => openedAtMs > sinceMs && text.includes('costs nothing'),
      WAIT,
    );
    console.info(`agent audible again ${Math.round(backAtMs - killedAtMs)} ms after its process was killed`);
  }, 90_000);

  it('finishes its calls when it is told to drain, then exits', async () => {
    const caller = await greetedBy(parley, 'storyteller');
    const { agent } = parley.pids;
    process.kill(agent, 'SIGTERM');
    await caller.say(await speaker.speak('What are your prices?'));
    await caller.waitForText(({ text }) => text.includes('costs nothing'), WAIT);
    expect(answers(caller)).toHaveLength(2);
    expect(isRunning(agent)).toBe(true);
    await caller.leave();
    await until('the drained agent is gone', () => !isRunning(agent));
  }, 90_000);
});
