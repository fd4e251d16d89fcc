import type { TurnLatency } from '@parley/contracts/call-record';
import { LATENCY_STAGES, type LatencyStage } from './stages.ts';

/** A stage in its place; `span` is null where it was not measured. */
export interface WaterfallRow {
  readonly stage: LatencyStage;
  readonly span: { readonly startMs: number; readonly lengthMs: number } | null;
}

export interface Waterfall {
  readonly rows: readonly WaterfallRow[];
  /** How long the whole is that is drawn, at least 1. */
  readonly totalMs: number;
  /** What of the measured whole no measured stage explains; null where there is nothing of the kind. */
  readonly unexplainedMs: number | null;
}

/** Less than this between the whole and its parts is rounding, in ms. */
const ROUNDING_MS = 1;

/**
 * Where each stage stood in an answer's latency. They follow each other from the caller's last sound on; those after the
 * last gap are placed from the end, as that is known and the length of the gap is not.
 */
export function layOutWaterfall(latency: TurnLatency): Waterfall {
  const lengths = LATENCY_STAGES.map((stage) => latency[stage]);
  const sumMs = sumOf(lengths);
  const totalMs = Math.max(latency.voiceToVoiceMs ?? 0, sumMs, 1);
  const gapMs = totalMs - sumMs;
  const lastGap = lengths.lastIndexOf(null);
  const rows = LATENCY_STAGES.map((stage, index) => {
    const lengthMs = lengths[index] ?? null;
    if (lengthMs === null) return { stage, span: null };
    const isAfterGap = latency.voiceToVoiceMs !== null && index > lastGap && lastGap >= 0;
    return { stage, span: { startMs: sumOf(lengths.slice(0, index)) + (isAfterGap ? gapMs : 0), lengthMs } };
  });
  const isUnexplained = latency.voiceToVoiceMs !== null && gapMs > ROUNDING_MS;
  return { rows, totalMs, unexplainedMs: isUnexplained ? gapMs : null };
}

/** What is known of the whole: as measured, or no less than the sum of its measured stages; null where none was. */
export function knownWhole(latency: TurnLatency): { readonly ms: number; readonly isLeast: boolean } | null {
  if (latency.voiceToVoiceMs !== null) return { ms: latency.voiceToVoiceMs, isLeast: false };
  const measured = LATENCY_STAGES.map((stage) => latency[stage]).filter((ms) => ms !== null);
  return measured.length === 0 ? null : { ms: sumOf(measured), isLeast: true };
}

function sumOf(lengths: readonly (number | null)[]): number {
  return lengths.reduce<number>((sum, lengthMs) => sum + (lengthMs ?? 0), 0);
}
