import type { OverlapKind } from '../talks/talk.ts';
import type { Faults, Observation } from './observation.ts';
import { type Quantiles, quantilesOf } from './quantiles.ts';

/** What the suite says of an agent. Rates are 0 to 1, null where nothing was there to count. */
export interface ConformanceFigures extends Faults {
  /** Talks that were held. */
  readonly variants: number;
  /** Of the pauses inside turns, those into which the agent spoke. */
  readonly cutInRate: number | null;
  /** Of turns and barge-ins, those without an answer in time. */
  readonly missedTurnRate: number | null;
  /** Of turns that were answered and not cut into. */
  readonly responseGapMs: Quantiles;
  /** Of barge-ins while the agent could be heard. */
  readonly stopMs: Quantiles;
  /** Of acknowledgements, coughs and single noises over the agent, those that cut it. */
  readonly falseStopRate: number | null;
  /** Of the same sounds, those that silenced it, for a while or for good. */
  readonly falseHoldRate: number | null;
  /** Of those holds, the ones after which it went on. */
  readonly resumeRate: number | null;
  /** Replies that were cut by, or turns that were made of, each kind of sound that asks for no answer. */
  readonly falseStopRateBy: Readonly<Record<OverlapKind, number | null>>;
}

/** Sounds a person makes while listening, or that pass. */
const SINGLE: readonly OverlapKind[] = ['acknowledgement', 'cough', 'noise'];

export function summarise(
  observations: readonly Observation[],
  { variants, faults }: { readonly variants: number; readonly faults: Faults },
): ConformanceFigures {
  const turns = observations.filter((seen) => seen.kind === 'turn');
  const bargeIns = observations.filter((seen) => seen.kind === 'bargeIn');
  const sounds = observations.filter((seen) => seen.kind === 'overlap');
  const overlaps = sounds.filter((sound) => SINGLE.includes(sound.of));
  const stopRateOf = (of: OverlapKind) => {
    const same = sounds.filter((sound) => sound.of === of);
    return rate(same.filter(({ isStopped }) => isStopped).length, same.length);
  };
  const asked = [...turns, ...bargeIns];
  const held = overlaps.filter(({ isHeld }) => isHeld);
  const pauses = turns.reduce((sum, turn) => sum + turn.pauses, 0);
  const cutIns = turns.reduce((sum, turn) => sum + turn.cutIns, 0);
  const answeredGaps = turns
    .filter(({ cutIns }) => cutIns === 0)
    .flatMap(({ responseGapMs }) => responseGapMs ?? []);
  return {
    variants,
    deadlocks: faults.deadlocks,
    doubleReplies: faults.doubleReplies,
    cutInRate: rate(cutIns, pauses),
    missedTurnRate: rate(asked.filter(({ responseGapMs }) => responseGapMs === null).length, asked.length),
    responseGapMs: quantilesOf(answeredGaps),
    stopMs: quantilesOf(bargeIns.flatMap(({ stopMs }) => stopMs ?? [])),
    falseStopRate: rate(overlaps.filter(({ isStopped }) => isStopped).length, overlaps.length),
    falseHoldRate: rate(held.length, overlaps.length),
    resumeRate: rate(held.filter(({ isStopped }) => !isStopped).length, held.length),
    unheardWordsKept: faults.unheardWordsKept,
    falseStopRateBy: {
      acknowledgement: stopRateOf('acknowledgement'),
      cough: stopRateOf('cough'),
      noise: stopRateOf('noise'),
      steadyNoise: stopRateOf('steadyNoise'),
      echo: stopRateOf('echo'),
    },
  };
}

function rate(part: number, whole: number): number | null {
  return whole === 0 ? null : Number((part / whole).toFixed(5));
}
