import type { SeededRandom } from '../seeded-random.ts';
import { TALKS } from '../talks/talks.ts';
import type { VirtualAgent } from '../virtual/play-talk.ts';
import { runVirtual } from '../virtual/run-virtual.ts';
import type { SimulatedModel } from '../virtual/simulated-model.ts';
import { createSimulatedModel } from '../virtual/simulated-model.ts';

/** How it is decided that a pause is the end of a turn. */
export type WaitPolicy =
  /** A fixed wait: the sweep is over `silenceDurationMs`. */
  | 'silence alone'
  /** Over at the score's threshold, else after 3,000 ms, as Pipecat does: the sweep is over the threshold. */
  | 'model alone'
  /** The engine's: sure, unsure and unfinished waits. The sweep is over `silenceDurationMs`. */
  | 'ladder';

/** One setting of a policy, on one range of seeds. */
export interface WaitPoint {
  readonly policy: WaitPolicy;
  /** `silenceDurationMs`, or the threshold of the model alone. */
  readonly setting: number;
  readonly cutInRate: number;
  readonly gapP50Ms: number;
  readonly gapP95Ms: number;
}

export interface WaitComparison {
  /** On the seeds on which settings are chosen. */
  readonly sweep: readonly WaitPoint[];
  /** The chosen setting of each policy, on other seeds. */
  readonly chosen: readonly WaitPoint[];
  /** Cut-ins of silence alone, on those other seeds, at the chosen ladder's median gap. */
  readonly silenceAtEqualGap: number;
}

const SILENCES_MS = [200, 300, 400, 500, 650, 800, 1_000, 1_200, 1_500] as const;
const THRESHOLDS = [0.3, 0.5, 0.7, 0.8, 0.9, 0.95] as const;
/** With it the wait of an unfinished turn, twice as long, is that of Pipecat's model alone: 3,000 ms. */
const MODEL_ALONE_SILENCE_MS = 1_500;
/** A setting is chosen among those whose slowest twentieth of answers comes by then: a person asks again after 2 s. */
const MOST_P95_MS = 2_000;

/** The talks that are about waiting: turns with pauses inside, and turns without. */
const CLIPS = TALKS.filter(({ name }) =>
  ['pauses inside a sentence', 'acknowledgements over a story'].includes(name),
);

/** Holds the same talks with every policy and setting; providers are quick, so that the wait decides. */
export function compareWaits(options: {
  /** Talks a point. */
  readonly variants: number;
  readonly choiceSeed: number;
  /** Must not be among the seeds of the choice. */
  readonly reportSeed: number;
}): WaitComparison {
  const { variants, choiceSeed, reportSeed } = options;
  const measure = (policy: WaitPolicy, setting: number, seed: number): WaitPoint => {
    const { figures } = runVirtual({ variants, seed, talks: CLIPS, agent: agentOf(policy, setting) });
    const { p50, p95 } = figures.responseGapMs;
    return { policy, setting, cutInRate: figures.cutInRate ?? 0, gapP50Ms: p50 ?? 0, gapP95Ms: p95 ?? 0 };
  };
  const silences = SILENCES_MS.map((ms) => measure('silence alone', ms, choiceSeed));
  const models = THRESHOLDS.map((threshold) => measure('model alone', threshold, choiceSeed));
  const ladders = SILENCES_MS.map((ms) => measure('ladder', ms, choiceSeed));
  const chosen = [silences, models, ladders].map((points) => {
    const { policy, setting } = choose(points);
    return measure(policy, setting, reportSeed);
  });
  const ladderGapMs = chosen.at(-1)?.gapP50Ms ?? 0;
  const reported = SILENCES_MS.map((ms) => measure('silence alone', ms, reportSeed));
  return {
    sweep: [...silences, ...models, ...ladders],
    chosen,
    silenceAtEqualGap: cutInsAtGap(reported, ladderGapMs),
  };
}

function agentOf(policy: WaitPolicy, setting: number): VirtualAgent {
  const quick = { providers: 'quick', hasFaults: false } as const;
  switch (policy) {
    case 'silence alone':
      return { ...quick, silenceDurationMs: setting, createEndOfTurnModel: null };
    case 'ladder':
      return { ...quick, silenceDurationMs: setting, createEndOfTurnModel: createSimulatedModel };
    case 'model alone':
      return {
        ...quick,
        silenceDurationMs: MODEL_ALONE_SILENCE_MS,
        createEndOfTurnModel: (random) => createCertainModel(random, setting),
      };
  }
}

/** The same scores, read as yes or no. */
function createCertainModel(random: SeededRandom, threshold: number): SimulatedModel {
  const score = createSimulatedModel(random);
  return (silence) => (score(silence) >= threshold ? 1 : 0);
}

/** Fewest cut-ins among the settings that are quick enough; the quickest where none is. */
function choose(points: readonly WaitPoint[]): WaitPoint {
  const [first, ...rest] = [...points].sort((a, b) => a.cutInRate - b.cutInRate);
  if (first === undefined) throw new RangeError('there is nothing to choose from');
  const quickest = rest.reduce((best, point) => (point.gapP95Ms < best.gapP95Ms ? point : best), first);
  return [first, ...rest].find(({ gapP95Ms }) => gapP95Ms <= MOST_P95_MS) ?? quickest;
}

/** Between the two points around it, in a straight line; the nearest beyond the ends. */
function cutInsAtGap(points: readonly WaitPoint[], gapMs: number): number {
  const sorted = [...points].sort((a, b) => a.gapP50Ms - b.gapP50Ms);
  const after = sorted.findIndex(({ gapP50Ms }) => gapP50Ms >= gapMs);
  const [before, next] = [sorted[after - 1], sorted[after]];
  if (next === undefined) return sorted.at(-1)?.cutInRate ?? 0;
  if (before === undefined) return next.cutInRate;
  const share = (gapMs - before.gapP50Ms) / (next.gapP50Ms - before.gapP50Ms);
  return before.cutInRate + share * (next.cutInRate - before.cutInRate);
}
