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

let parley: Parley;
let speaker: SentenceSpeaker;

beforeAll(async () => {
  speaker = createSentenceSpeaker();
  parley = await startParley({ agentsDir: TEST_AGENTS_DIR });
}, 120_000);

afterEach(everybodyLeaves, 30_000);

afterAll(async () => {
  await speaker?.close();
  await parley?.stop();
}, 60_000);

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
