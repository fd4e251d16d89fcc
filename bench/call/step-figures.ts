import type { TurnLatency } from '@parley/contracts/call-record';
import { type Quantiles, quantilesOf } from '../conformance/figures/quantiles.ts';
import type { HeldCall } from './hold-call.ts';

/** The stages of an answer, in their order; `sttFinalMs` lies within the first. */
export const STAGES = [
  'endOfTurnMs',
  'sttFinalMs',
  'llmFirstTokenMs',
  'ttsFirstByteMs',
  'playoutMs',
  'transportMs',
  'voiceToVoiceMs',
] as const satisfies readonly (keyof TurnLatency)[];

/** What so many callers at once measured, and what they cost. Times in ms. */
export interface StepFigures {
  readonly callers: number;
  /** Answers that were measured. */
  readonly answers: number;
  readonly voiceToVoiceMs: Quantiles;
  readonly bargeInStopMs: Quantiles;
  readonly answerAfterBargeInMs: Quantiles;
  /** From the caller's wish to join the room to the first of the greeting. */
  readonly greetingMs: Quantiles;
  /** Questions that nobody answered, and interruptions that stopped nobody. */
  readonly missed: number;
  /** Processor time of all processes of the agent, what they need without a call too. */
  readonly cpuSecondsPerCallMinute: number;
  /** The same in a minute without a call. */
  readonly idleCpuSecondsPerMinute: number;
  /** Memory of all processes of the agent beyond what they need without a call, in 10^6 bytes; what they share counts once. */
  readonly memoryMbPerCall: number;
  readonly memoryMb: number;
  readonly idleMemoryMb: number;
  /** Where the time of an answer went, by the records of the calls. */
  readonly shares: Readonly<Record<(typeof STAGES)[number], Quantiles>>;
  /** Of the answers, those begun on a guess before the turn was over; 0 to 1, null without answers. */
  readonly speculatedShare: number | null;
  /** How late the callers' own sound was: more than a frame of 10 ms, and the machine is too small for them. */
  readonly callerLatenessMs: Quantiles;
}

export function stepFigures(measured: {
  readonly calls: readonly HeldCall[];
  readonly greetingMs: readonly number[];
  readonly latencies: readonly TurnLatency[];
  readonly cpuMs: number;
  readonly durationMs: number;
  /** Processor time without a call, of a minute. */
  readonly idleCpuMs: number;
  readonly idleMemoryBytes: number;
  readonly memoryBytes: number;
}): StepFigures {
  const { calls, latencies, durationMs, idleMemoryBytes } = measured;
  const of = (pick: (call: HeldCall) => readonly number[]) => quantilesOf(calls.flatMap(pick));
  const callMinutes = (calls.length * durationMs) / 60_000;
  const stage = (name: (typeof STAGES)[number]) =>
    quantilesOf(latencies.map((latency) => latency[name]).filter((ms) => ms !== null));
  return {
    callers: calls.length,
    answers: calls.reduce((sum, { voiceToVoiceMs }) => sum + voiceToVoiceMs.length, 0),
    voiceToVoiceMs: of(({ voiceToVoiceMs }) => voiceToVoiceMs),
    bargeInStopMs: of(({ bargeInStopMs }) => bargeInStopMs),
    answerAfterBargeInMs: of(({ answerAfterBargeInMs }) => answerAfterBargeInMs),
    greetingMs: quantilesOf(measured.greetingMs),
    missed: calls.reduce((sum, { missed }) => sum + missed, 0),
    cpuSecondsPerCallMinute: round(measured.cpuMs / 1_000 / callMinutes, 2),
    idleCpuSecondsPerMinute: round(measured.idleCpuMs / 1_000, 2),
    memoryMb: round(measured.memoryBytes / 1e6, 1),
    memoryMbPerCall: round((measured.memoryBytes - idleMemoryBytes) / 1e6 / calls.length, 1),
    idleMemoryMb: round(idleMemoryBytes / 1e6, 1),
    shares: Object.fromEntries(STAGES.map((name) => [name, stage(name)])) as StepFigures['shares'],
    speculatedShare:
      latencies.length === 0
        ? null
        : round(latencies.filter(({ isSpeculated }) => isSpeculated).length / latencies.length, 2),
    callerLatenessMs: of(({ frameLatenessMs }) => frameLatenessMs),
  };
}

/** Between the smallest and the largest step, in 10^6 bytes: what is there once counts for none. Null for one step alone. */
export function memoryMbPerFurtherCall(steps: readonly StepFigures[]): number | null {
  const [least, ...more] = steps.toSorted((one, other) => one.callers - other.callers);
  const most = more.at(-1);
  if (least === undefined || most === undefined || most.callers === least.callers) return null;
  return round((most.memoryMb - least.memoryMb) / (most.callers - least.callers), 1);
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
