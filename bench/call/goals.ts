import type { StepFigures } from './step-figures.ts';

/** A figure beside what it should be at the most. */
export interface Met {
  readonly what: string;
  /** Null: it was not measured. */
  readonly value: number | null;
  readonly goal: number;
}

interface Goal {
  readonly what: string;
  readonly goal: number;
  value(step: StepFigures): number | null;
}

/** Source: design, section 11. An answer after an interruption is to be as any other. */
const GOALS: readonly Goal[] = [
  { what: 'voice to voice, p50 ms', goal: 600, value: (step) => step.voiceToVoiceMs.p50 },
  { what: 'voice to voice, p95 ms', goal: 700, value: (step) => step.voiceToVoiceMs.p95 },
  { what: 'silent after an interruption, p50 ms', goal: 260, value: (step) => step.bargeInStopMs.p50 },
  { what: 'silent after an interruption, p95 ms', goal: 330, value: (step) => step.bargeInStopMs.p95 },
  { what: 'answer to an interruption, p50 ms', goal: 600, value: (step) => step.answerAfterBargeInMs.p50 },
  { what: 'answer to an interruption, p95 ms', goal: 700, value: (step) => step.answerAfterBargeInMs.p95 },
  { what: 'greeting after the join, p50 ms', goal: 300, value: (step) => step.greetingMs.p50 },
  { what: 'CPU seconds a call-minute', goal: 3, value: (step) => step.cpuSecondsPerCallMinute },
  { what: 'memory a call, MB', goal: 25, value: (step) => step.memoryMbPerCall },
  { what: 'missed', goal: 0, value: (step) => step.missed },
];
/** How much later the slowest answers of many callers may come than those of one. Source: design, section 11. */
const MORE_WITH_MANY_MS = 100;

/** `first`: the step with the fewest callers, which many are compared with. */
export function goalsOf(step: StepFigures, first: StepFigures): readonly Met[] {
  const met = GOALS.map(({ what, goal, value }) => ({ what, goal, value: value(step) }));
  const [slowest, slowestOfFirst] = [step.voiceToVoiceMs.p95, first.voiceToVoiceMs.p95];
  if (step === first || slowest === null || slowestOfFirst === null) return met;
  const what = `voice to voice, p95 ms later than with ${first.callers}`;
  return [...met, { what, goal: MORE_WITH_MANY_MS, value: slowest - slowestOfFirst }];
}

export function isMet({ value, goal }: Met): boolean {
  return value !== null && value <= goal;
}
