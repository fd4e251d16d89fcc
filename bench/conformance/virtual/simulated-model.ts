import type { SeededRandom } from '../seeded-random.ts';

/** How likely it is, 0 to 1, that a silence ends the turn; asked again, it says much the same of the same silence. */
export type SimulatedModel = (silence: { readonly number: number; readonly isFinished: boolean }) => number;

/**
 * The error model, in logits of the score: a silence that ends the turn lies `MEAN` above zero, one inside it as far
 * below, both spread by `SPREAD`. One score in five is then on the wrong side of 0.5. Source: between Smart Turn's own
 * test set (v3.0: 8.4 % wrong) and eot-bench (v3.2: 35 % of pauses cut at 300 ms).
 */
const MEAN = 2.1;
const SPREAD = 2.5;
/** Between two scores of the same silence. */
const JITTER = 0.4;

export function createSimulatedModel(random: SeededRandom): SimulatedModel {
  let last = { number: 0, logit: 0 };
  return ({ number, isFinished }) => {
    if (number !== last.number)
      last = { number, logit: (isFinished ? MEAN : -MEAN) + SPREAD * random.normal() };
    return 1 / (1 + Math.exp(-(last.logit + JITTER * random.normal())));
  };
}
