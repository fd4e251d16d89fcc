import type { EndReason } from '@parley/contracts/call-event';
import {
  type CallFigures,
  type CallStats,
  type CallStatsRequest,
  MAX_STATS_BUCKETS,
} from '@parley/contracts/calls-api';
import { sql } from 'kysely';
import type { CallScope } from '../access/principal.ts';
import type { Database } from '../database/database.ts';
import { ApiError } from '../http/api-error.ts';
import { type CallsQuery, callsThatFit } from './call-filter.ts';
import { openSearch, wasSaid } from './call-search.ts';

const HOUR_MS = 3_600_000;
const BUCKET_MS = { hour: HOUR_MS, day: 24 * HOUR_MS } as const;
const DEFAULT_SPAN_MS = 30 * BUCKET_MS.day;
/** How fine latencies are counted, in ms: far below what is heard as a difference. */
const LATENCY_STEP_MS = 20;
/** Where the bars of durations part, in ms. */
const DURATION_EDGES_MS = [0, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 1_800_000] as const;

/** Figures over the calls that fit. They are counted by the database, so that 100,000 calls cost no more than a scan each. */
export async function callStats(
  database: Database,
  request: CallStatsRequest,
  scope: CallScope,
  nowEpochMs: number,
): Promise<CallStats> {
  const { bucket, utcOffsetMinutes, q, ...filter } = request;
  const toMs = filter.to ?? nowEpochMs;
  const fromMs = filter.from ?? toMs - DEFAULT_SPAN_MS;
  const bucketMs = BUCKET_MS[bucket];
  if ((toMs - fromMs) / bucketMs > MAX_STATS_BUCKETS)
    throw new ApiError(
      'invalid_field',
      `from: there are more than ${MAX_STATS_BUCKETS} ${bucket}s between from and to. Ask for a shorter time, or for days.`,
      { field: 'from' },
    );
  const said = q === undefined ? [] : [wasSaid(database, await openSearch(database, q))];
  const calls = () =>
    callsThatFit(database, { ...filter, from: fromMs, to: toMs }, scope).where((eb) => eb.and(said));

  const offsetMs = utcOffsetMinutes * 60_000;
  const place = sql<number>`(created_at_ms + ${sql.lit(offsetMs)}) / ${sql.lit(bucketMs)}`;
  const counted = await calls()
    .select([
      place.as('place'),
      sql<number>`count(*)`.as('calls'),
      sql<number>`count(answered_at_ms)`.as('answered'),
      sql<number>`coalesce(sum(duration_ms), 0)`.as('talk_ms'),
      sql<number>`count(duration_ms)`.as('with_duration'),
    ])
    .groupBy(place)
    .orderBy('place')
    .execute();
  const latencies = async (column: LatencyColumn) => {
    const step = sql<number>`cast(${sql.ref(column)} / ${sql.lit(LATENCY_STEP_MS)} as integer)`;
    const rows = await calls()
      .select([place.as('place'), step.as('step'), sql<number>`count(*)`.as('calls')])
      .where(column, 'is not', null)
      .groupBy([place, step])
      .execute();
    const byPlace = new Map<number, StepCount[]>();
    for (const row of rows) {
      const count = { stepMs: Number(row.step) * LATENCY_STEP_MS, calls: Number(row.calls) };
      byPlace.set(Number(row.place), [...(byPlace.get(Number(row.place)) ?? []), count]);
    }
    return byPlace;
  };
  const [p50, p95] = [await latencies('voice_to_voice_p50_ms'), await latencies('voice_to_voice_p95_ms')];
  const rows = counted.map((row) => ({
    place: Number(row.place),
    calls: Number(row.calls),
    answered: Number(row.answered),
    talkMs: Number(row.talk_ms),
    withDuration: Number(row.with_duration),
  }));
  const figures = (of: typeof rows): CallFigures => {
    const sum = (read: (row: (typeof rows)[number]) => number) =>
      of.reduce((total, row) => total + read(row), 0);
    const [withDuration, talkMs] = [sum((row) => row.withDuration), sum((row) => row.talkMs)];
    const latenciesOf = (byPlace: typeof p50) => of.flatMap((row) => byPlace.get(row.place) ?? []);
    return {
      calls: sum((row) => row.calls),
      answered: sum((row) => row.answered),
      talkMs,
      meanDurationMs: withDuration === 0 ? null : talkMs / withDuration,
      voiceToVoiceP50Ms: quantile(latenciesOf(p50), 0.5),
      voiceToVoiceP95Ms: quantile(latenciesOf(p95), 0.95),
    };
  };
  return {
    fromMs,
    toMs,
    bucket,
    total: figures(rows),
    buckets: rows.map((row) => ({ startMs: row.place * bucketMs - offsetMs, ...figures([row]) })),
    endReasons: await endReasons(calls),
    durations: await durations(calls),
  };
}

type LatencyColumn = 'voice_to_voice_p50_ms' | 'voice_to_voice_p95_ms';
/** Calls whose latency lies in the step that begins there. */
type StepCount = { readonly stepMs: number; readonly calls: number };
type Calls = () => CallsQuery;

async function endReasons(calls: Calls): Promise<CallStats['endReasons']> {
  const rows = await calls()
    .select(['end_reason', sql<number>`count(*)`.as('calls')])
    .groupBy('end_reason')
    .execute();
  return rows
    .map((row) => ({ endReason: row.end_reason as EndReason | null, calls: Number(row.calls) }))
    .sort((one, other) => other.calls - one.calls);
}

async function durations(calls: Calls): Promise<CallStats['durations']> {
  const cases = DURATION_EDGES_MS.map(
    (edgeMs, at) => sql`when duration_ms >= ${sql.lit(edgeMs)} then ${sql.lit(at)}`,
  ).toReversed();
  const bar = sql<number>`case ${sql.join(cases, sql` `)} end`;
  const rows = await calls()
    .select([bar.as('bar'), sql<number>`count(*)`.as('calls')])
    .where('duration_ms', 'is not', null)
    .groupBy(bar)
    .execute();
  const byBar = new Map(rows.map((row) => [Number(row.bar), Number(row.calls)]));
  return DURATION_EDGES_MS.map((fromMs, at) => ({
    fromMs,
    toMs: DURATION_EDGES_MS[at + 1] ?? null,
    calls: byBar.get(at) ?? 0,
  }));
}

/** The middle of the step in which the quantile lies. */
function quantile(counts: readonly StepCount[], share: number): number | null {
  const ordered = counts.toSorted((one, other) => one.stepMs - other.stepMs);
  const total = ordered.reduce((sum, { calls }) => sum + calls, 0);
  let below = 0;
  for (const { stepMs, calls } of ordered) {
    below += calls;
    if (below >= share * total) return stepMs + LATENCY_STEP_MS / 2;
  }
  return null;
}
