import { expect, it } from 'vitest';
import { TALKS } from '../talks/talks.ts';
import { playTalk } from './play-talk.ts';
import { runVirtual } from './run-virtual.ts';
import { createSimulatedModel } from './simulated-model.ts';

/** Twice as many in all; the whole proof is `npm run conformance -- --variants 100000`. */
const VARIANTS = 1_100;
/** A hang, not a slow machine. */
const HANGS_AFTER_MS = 120_000;

for (const [name, createEndOfTurnModel] of [
  ['silence alone', null],
  ['a simulated end-of-turn model', createSimulatedModel],
] as const) {
  it(
    `never goes deaf, never answers twice and keeps no unheard word, whatever fails (${name})`,
    () => {
      const agent = { createEndOfTurnModel, hasFaults: true };
      const { figures, faultyTalks } = runVirtual({ variants: VARIANTS, seed: 1, agent });
      expect(faultyTalks).toEqual([]);
      expect(figures).toMatchObject({ deadlocks: 0, doubleReplies: 0, unheardWordsKept: 0 });
      expect(figures.falseStopRate).toBeLessThanOrEqual(0.05);
    },
    HANGS_AFTER_MS,
  );
}

it('sees what it counts: an agent that is deaf to its caller misses every turn and is a deadlock', () => {
  const agent = { createEndOfTurnModel: null, hasFaults: false, isDeaf: true };
  const [talk] = TALKS;
  if (talk === undefined) throw new Error('there are no talks');
  const { observations, faults } = playTalk(talk, agent, 1);
  expect(faults.deadlocks).toBe(1);
  expect(observations.every((seen) => 'responseGapMs' in seen && seen.responseGapMs === null)).toBe(true);
});

it('cuts into more pauses the shorter it waits, and answers the later the longer it waits', () => {
  const figuresAt = (silenceDurationMs: number) =>
    runVirtual({
      variants: 220,
      seed: 1,
      agent: { createEndOfTurnModel: null, hasFaults: false, providers: 'quick', silenceDurationMs },
    }).figures;
  const [hasty, patient] = [figuresAt(200), figuresAt(1_500)];
  expect(hasty.cutInRate).toBeGreaterThan((patient.cutInRate ?? 1) + 0.2);
  expect(hasty.responseGapMs.p50).toBeLessThan((patient.responseGapMs.p50 ?? 0) - 500);
});

it('plays the same talk the same way', () => {
  const agent = { createEndOfTurnModel: createSimulatedModel, hasFaults: true };
  for (const talk of TALKS) expect(playTalk(talk, agent, 7)).toEqual(playTalk(talk, agent, 7));
});
