import type { ConformanceFigures } from '../figures/figures.ts';
import { settingOf, type WaitPolicy, type WaitSetting } from './wait-policy.ts';

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
  /** Every setting of the ladder on those other seeds, beside silence alone at the same median gap. */
  readonly ladders: readonly LadderPoint[];
}

export interface LadderPoint extends WaitPoint {
  /** Of silence alone at this median gap, between the two settings around it; null: it is never so quick. */
  readonly silenceCutInRate: number | null;
}

/** Holds talks with a setting: those on which settings are chosen, or those on which the chosen ones are reported. */
export type HoldTalks = (
  setting: WaitSetting,
  part: 'choice' | 'report',
) => Pick<ConformanceFigures, 'cutInRate' | 'responseGapMs'>;

const SILENCES_MS = [100, 150, 200, 300, 400, 500, 650, 800, 1_000, 1_200, 1_500] as const;
const THRESHOLDS = [0.3, 0.5, 0.7, 0.8, 0.9, 0.95] as const;
/** A setting is chosen among those whose slowest twentieth of answers comes by then: a person asks again after 2 s. */
const MOST_P95_MS = 2_000;

/** Holds the same talks with every policy and setting. */
export function compareWaits(hold: HoldTalks): WaitComparison {
  const measure = (policy: WaitPolicy, setting: number, part: 'choice' | 'report'): WaitPoint => {
    const { cutInRate, responseGapMs } = hold(settingOf(policy, setting), part);
    const { p50, p95 } = responseGapMs;
    return { policy, setting, cutInRate: cutInRate ?? 0, gapP50Ms: p50 ?? 0, gapP95Ms: p95 ?? 0 };
  };
  const silences = SILENCES_MS.map((ms) => measure('silence alone', ms, 'choice'));
  const models = THRESHOLDS.map((threshold) => measure('model alone', threshold, 'choice'));
  const ladders = SILENCES_MS.map((ms) => measure('ladder', ms, 'choice'));
  const chosen = [silences, models, ladders].map((points) => {
    const { policy, setting } = choose(points);
    return measure(policy, setting, 'report');
  });
  const reported = SILENCES_MS.map((ms) => measure('silence alone', ms, 'report'));
  const reportedLadders = SILENCES_MS.map((ms) => {
    const point = measure('ladder', ms, 'report');
    return { ...point, silenceCutInRate: cutInsAtGap(reported, point.gapP50Ms) };
  });
  return { sweep: [...silences, ...models, ...ladders], chosen, ladders: reportedLadders };
}

/** Fewest cut-ins among the settings that are quick enough; the quickest where none is. */
function choose(points: readonly WaitPoint[]): WaitPoint {
  const [first, ...rest] = [...points].sort((a, b) => a.cutInRate - b.cutInRate);
  if (first === undefined) throw new RangeError('there is nothing to choose from');
  const quickest = rest.reduce((best, point) => (point.gapP95Ms < best.gapP95Ms ? point : best), first);
  return [first, ...rest].find(({ gapP95Ms }) => gapP95Ms <= MOST_P95_MS) ?? quickest;
}

/** Between the two points around it, in a straight line; that of the longest wait beyond the end. */
function cutInsAtGap(points: readonly WaitPoint[], gapMs: number): number | null {
  const sorted = [...points].sort((a, b) => a.gapP50Ms - b.gapP50Ms);
  const after = sorted.findIndex(({ gapP50Ms }) => gapP50Ms >= gapMs);
  const [before, next] = [sorted[after - 1], sorted[after]];
  if (next === undefined) return sorted.at(-1)?.cutInRate ?? null;
  if (next.gapP50Ms === gapMs) return next.cutInRate;
  if (before === undefined) return null;
  const share = (gapMs - before.gapP50Ms) / (next.gapP50Ms - before.gapP50Ms);
  return before.cutInRate + share * (next.cutInRate - before.cutInRate);
}
