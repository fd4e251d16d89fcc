import { TALKS } from '../talks/talks.ts';
import { runVirtual } from '../virtual/run-virtual.ts';
import { createSimulatedModel } from '../virtual/simulated-model.ts';
import type { HoldTalks } from './compare-waits.ts';

/** The talks that are about waiting: turns with pauses inside, and turns without. */
const ABOUT_WAITING = TALKS.filter(({ name }) =>
  ['pauses inside a sentence', 'acknowledgements over a story'].includes(name),
);

/** Seeds of the report lie so far behind those of the choice: more than a run has variants. */
const REPORT_SEED_DISTANCE = 10_000_000;

/** Virtual talks with simulated scores; providers are quick, so that the wait decides. `variants`: talks a setting. */
export function virtualWaits({
  variants,
  seed,
}: {
  readonly variants: number;
  readonly seed: number;
}): HoldTalks {
  return ({ silenceDurationMs, readScore }, part) =>
    runVirtual({
      variants,
      seed: part === 'choice' ? seed : seed + REPORT_SEED_DISTANCE,
      talks: ABOUT_WAITING,
      agent: {
        providers: 'quick',
        hasFaults: false,
        silenceDurationMs,
        createEndOfTurnModel:
          readScore === null
            ? null
            : (random) => {
                const score = createSimulatedModel(random);
                return (silence) => readScore(score(silence));
              },
      },
    }).figures;
}
