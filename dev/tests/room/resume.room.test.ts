import { describe, expect, it } from 'vitest';
import type { RoomCaller } from '../../callers/room-caller.ts';
import { answers, everybodyLeaves, greetedBy, healthOf, processOf, until, WAIT } from './parley-call.ts';
import { openParleyStage } from './parley-stage.ts';

const isLong = process.env.PARLEY_TEST_LONG === '1';
const KILLS = isLong ? 100 : 1;
const CALLS = isLong ? 10 : 2;
/** How soon the caller hears the agent again, in ms: a goal of the long run; in the other only a hang fails. */
const AUDIBLE_WITHIN_P95_MS = isLong ? 1_500 : 15_000;

/** The long answer of the storyteller. */
const STORY =
  'Once there was a river that went to the sea. On its way it passed nine towns and a very old mill. ' +
  'In the mill there lived a cat, and the cat had a secret. Every night it went out to count the stars.';
/** A process may die between a word's playing and its caption: a word or two at each death, in characters. */
const UNTOLD_CHARS = 25;

const stage = openParleyStage(2);

/** The process with the most of these calls, and which they are. */
function busiest(callers: readonly RoomCaller[]) {
  const processes = callers.map(({ roomSid }) => processOf(stage.parley, roomSid));
  const of = (pid: number) => callers.filter((_, index) => processes[index] === pid);
  const pid = processes.toSorted((one, other) => of(other).length - of(one).length)[0] ?? 0;
  return { pid, theirs: of(pid) };
}

/** Resolves when the agent is heard again after its process was killed, with how long the caller waited, in ms. */
async function audibleAgain(caller: RoomCaller, killedAtMs: number): Promise<number> {
  const stoppedAtMs = await caller.waitForSilence(300, { sinceMs: killedAtMs - 1_000, ...WAIT });
  return (await caller.waitForSound({ sinceMs: stoppedAtMs + 250, ...WAIT })) - killedAtMs;
}

/** All that was heard of the story, and by whom: one agent at a time, which goes on where it was cut. */
function expectWholeStory(caller: RoomCaller): void {
  const [greeting, ...parts] = answers(caller);
  expect(greeting).toBe('Good day.');
  const story = parts.slice(0, parts.findIndex((text) => text.endsWith('stars.')) + 1);
  let from = 0;
  for (const part of story) {
    const at = STORY.indexOf(part, from);
    expect(at, `"${part}" is no next part of the story`).toBeGreaterThanOrEqual(from);
    expect(at - from).toBeLessThan(UNTOLD_CHARS);
    from = at + part.length;
  }
  expect(from).toBe(STORY.length);
  const agents = caller.members().filter(({ kind }) => kind === 'agent');
  expect(new Set(agents.map(({ identity }) => identity)).size).toBe(1);
  for (const [index, { joinedAtMs }] of agents.entries())
    expect(agents[index - 1]?.leftAtMs ?? joinedAtMs).toBeLessThanOrEqual(joinedAtMs);
}

const quantile = (sorted: readonly number[], share: number) =>
  sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;

describe('a call whose process is killed in mid-sentence', () => {
  it(
    'goes on after the last word that was heard, under the same identity',
    async () => {
      const waits: number[] = [];
      for (let kill = 0; kill < KILLS; kill++) {
        const callers = await Promise.all(
          Array.from({ length: CALLS }, () => greetedBy(stage.parley, 'storyteller')),
        );
        // Who is killed now finds another process at once.
        await until(
          'both processes take calls',
          async () => (await healthOf(stage.parley)).workers.ready === 2,
        );
        const question = await stage.speaker.speak('Tell me a story.');
        await Promise.all(callers.map((caller) => caller.say(question)));
        await Promise.all(
          callers.map((caller) => caller.waitForText(({ text }) => text.includes('river'), WAIT)),
        );
        const { pid, theirs } = busiest(callers);
        const killedAtMs = callers[0]?.nowMs() ?? 0;
        process.kill(pid, 'SIGKILL');
        waits.push(...(await Promise.all(theirs.map((caller) => audibleAgain(caller, killedAtMs)))));
        await Promise.all(
          callers.map((caller) => caller.waitForText(({ text }) => text.endsWith('stars.'), WAIT)),
        );
        for (const caller of callers) expectWholeStory(caller);
        const [first] = callers;
        await first?.say(await stage.speaker.speak('What are your prices?'));
        await first?.waitForText(({ text }) => text.includes('costs nothing'), WAIT);
        await everybodyLeaves();
      }
      const sorted = waits.toSorted((a, b) => a - b);
      const [p50, p95] = [quantile(sorted, 0.5), quantile(sorted, 0.95)];
      console.info(`recoveries ${waits.length}, p50 ${Math.round(p50)} ms, p95 ${Math.round(p95)} ms`);
      expect(p95).toBeLessThan(AUDIBLE_WITHIN_P95_MS);
    },
    isLong ? 5_400_000 : 180_000,
  );
});
