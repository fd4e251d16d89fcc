import type { CallStats } from '@parley/contracts/calls-api';

export type Bucket = CallStats['buckets'][number];

const LENGTH_MS = { hour: 3_600_000, day: 86_400_000 } as const;

/** Every bucket from the first instant of the figures to the last, with zeros where no call was made. */
export function everyBucket(
  { fromMs, toMs, bucket, buckets }: CallStats,
  utcOffsetMinutes: number,
): Bucket[] {
  const lengthMs = LENGTH_MS[bucket];
  const offsetMs = utcOffsetMinutes * 60_000;
  const startOf = (atMs: number) => Math.floor((atMs + offsetMs) / lengthMs) * lengthMs - offsetMs;
  const known = new Map(buckets.map((one) => [one.startMs, one]));
  const all: Bucket[] = [];
  for (let startMs = startOf(fromMs); startMs < toMs; startMs += lengthMs)
    all.push(known.get(startMs) ?? { ...NOTHING, startMs });
  return all;
}

const NOTHING = {
  calls: 0,
  answered: 0,
  talkMs: 0,
  meanDurationMs: null,
  voiceToVoiceP50Ms: null,
  voiceToVoiceP95Ms: null,
};

/** A round number no less than any of `values`, for the top of a scale; 1 where there are none. */
export function scaleTop(values: readonly (number | null)[]): number {
  const most = Math.max(0, ...values.map((value) => value ?? 0));
  if (most <= 1) return 1;
  const step = 10 ** Math.floor(Math.log10(most));
  return [1, 2, 2.5, 5, 10].map((factor) => factor * step).find((top) => top >= most) ?? most;
}

/** The runs of neighbouring points of a line, which breaks where there is no value: 0 to 1 from the left and from below. */
export function lineRuns(
  values: readonly (number | null)[],
  top: number,
): readonly (readonly { readonly x: number; readonly y: number }[])[] {
  const runs: { x: number; y: number }[][] = [];
  let isOpen = false;
  for (const [index, value] of values.entries()) {
    if (value === null) {
      isOpen = false;
      continue;
    }
    const point = { x: (index + 0.5) / values.length, y: value / top };
    if (isOpen) runs.at(-1)?.push(point);
    else runs.push([point]);
    isOpen = true;
  }
  return runs;
}
