import { expect, it } from 'vitest';
import { createSeededRandom } from '../seeded-random.ts';
import type { Talk } from '../talks/talk.ts';
import { TALKS } from '../talks/talks.ts';
import { RoomCallerScript } from './room-caller-script.ts';
import type { RoomBackground, RoomLine } from './room-line.ts';

const ANSWERS_AFTER_MS = 500;
const ANSWER_MS = 3_000;
const SAYING_MS = 1_000;

/** A room in virtual time whose agent answers everything that is said, and what else `lives` says. */
function room(lives: { readonly asksAfterMs?: number; readonly answersItsEcho?: boolean }) {
  let nowMs = 1_000;
  const sounds: { onsetAtMs: number; offsetAtMs: number }[] = [];
  const backgrounds: RoomBackground[] = [];
  const speak = (onsetAtMs: number) => sounds.push({ onsetAtMs, offsetAtMs: onsetAtMs + ANSWER_MS });
  const line: RoomLine = {
    nowMs: () => nowMs,
    async say() {
      const firstSampleAtMs = nowMs;
      nowMs += SAYING_MS;
      speak(nowMs + ANSWERS_AFTER_MS);
      if (lives.answersItsEcho && backgrounds.at(-1)?.kind === 'echo')
        speak(nowMs + 2 * ANSWERS_AFTER_MS + ANSWER_MS);
      if (lives.asksAfterMs !== undefined) speak(nowMs + lives.asksAfterMs);
      return { firstSampleAtMs, lastSampleAtMs: nowMs };
    },
    heardSince: (sinceMs) =>
      sounds
        .filter(({ onsetAtMs, offsetAtMs }) => onsetAtMs <= nowMs && offsetAtMs > sinceMs)
        .map(({ onsetAtMs, offsetAtMs }) => ({
          onsetAtMs: Math.max(onsetAtMs, sinceMs),
          offsetAtMs: Math.min(offsetAtMs, nowMs),
        })),
    agentStates: () => [],
    repliesSince: (sinceMs) =>
      sounds.map(({ onsetAtMs }) => onsetAtMs).filter((atMs) => atMs >= sinceMs && atMs <= nowMs),
    async setBackground(background) {
      backgrounds.push(background);
    },
    async delay(ms) {
      nowMs += ms;
    },
  };
  return { line, backgrounds };
}

async function hold(line: RoomLine, name: string, steps?: Talk['steps']) {
  const talk = TALKS.find((each) => each.name === name);
  if (talk === undefined) throw new Error(`there is no talk "${name}"`);
  const speak = async () => ({ samples: new Int16Array(16), sampleRateHz: 16_000 });
  const caller = new RoomCallerScript({ line, speaker: { speak }, random: createSeededRandom(1) });
  await caller.prepare([talk]);
  await caller.hold({ ...talk, steps: steps ?? talk.steps });
  return caller;
}

it('an agent that asks a silent caller has missed nothing, and has not answered twice', async () => {
  const { line } = room({ asksAfterMs: 10_000 });
  const steps = TALKS.find(({ name }) => name === 'silence')?.steps.slice(0, 3);
  const { observations, doubleReplies } = await hold(line, 'silence', steps);
  expect(observations).toMatchObject([{ kind: 'turn', responseGapMs: expect.any(Number) }]);
  expect(doubleReplies).toBe(0);
});

it('an agent that lets a caller be silent has missed its turn', async () => {
  const { observations } = await hold(room({}).line, 'silence');
  expect(observations.filter((seen) => 'responseGapMs' in seen && seen.responseGapMs === null)).toHaveLength(
    1,
  );
});

it('an agent that answers its own echo is stopped by it; one that does not is heard out', async () => {
  const stoppedBy = async (answersItsEcho: boolean) => {
    const { line, backgrounds } = room({ answersItsEcho });
    const { observations, doubleReplies } = await hold(line, 'echo of the agent');
    expect(backgrounds.map(({ kind }) => kind)).toEqual(['echo', 'none']);
    expect(doubleReplies).toBe(0);
    return observations.flatMap((seen) => (seen.kind === 'overlap' ? [seen.isStopped] : []));
  };
  expect(await stoppedBy(true)).toEqual([true, true]);
  expect(await stoppedBy(false)).toEqual([false, false]);
});

it('asks to be asked before it reads out a number', async () => {
  const { observations } = await hold(room({}).line, 'a number spelled slowly');
  expect(observations).toMatchObject([
    { kind: 'turn', pauses: 0 },
    { kind: 'turn', pauses: 2 },
  ]);
});
