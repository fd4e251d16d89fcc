import type { TurnLatency } from '@parley/contracts/call-record';
import { describe, expect, it } from 'vitest';
import { goalsOf, isMet } from './goals.ts';
import type { HeldCall } from './hold-call.ts';
import { memoryMbPerFurtherCall, stepFigures } from './step-figures.ts';

const CALL: HeldCall = {
  voiceToVoiceMs: [500, 700],
  bargeInStopMs: [200],
  answerAfterBargeInMs: [550],
  missed: 1,
  frameLatenessMs: [0, 2],
};
const LATENCY: TurnLatency = {
  endOfTurnMs: 400,
  sttFinalMs: 150,
  llmFirstTokenMs: 0,
  ttsFirstByteMs: null,
  playoutMs: 10,
  transportMs: 90,
  voiceToVoiceMs: 500,
  isSpeculated: true,
};

const step = (calls: readonly HeldCall[], memoryBytes: number) =>
  stepFigures({
    calls,
    greetingMs: [300],
    latencies: [LATENCY, { ...LATENCY, endOfTurnMs: 600, isSpeculated: false }],
    cpuMs: 6_000,
    durationMs: 30_000,
    idleCpuMs: 600,
    idleMemoryBytes: 100e6,
    memoryBytes,
  });

describe('the figures of so many callers', () => {
  it('put their calls together, and divide what they cost by call-minutes and calls', () => {
    expect(step([CALL, CALL], 150e6)).toMatchObject({
      callers: 2,
      answers: 4,
      voiceToVoiceMs: { p50: 500, p95: 700 },
      missed: 2,
      cpuSecondsPerCallMinute: 6,
      idleCpuSecondsPerMinute: 0.6,
      memoryMbPerCall: 25,
      shares: { endOfTurnMs: { p50: 400, p95: 600 }, ttsFirstByteMs: { p50: null, p95: null } },
      speculatedShare: 0.5,
    });
  });

  it('tell what a further call takes of memory by the smallest and the largest step', () => {
    const [one, three] = [step([CALL], 120e6), step([CALL, CALL, CALL], 150e6)];
    expect(memoryMbPerFurtherCall([three, one])).toBe(15);
    expect(memoryMbPerFurtherCall([one])).toBeNull();
  });
});

describe('the goals', () => {
  it('are met up to their figure, and by nothing that was not measured', () => {
    const first = step([CALL], 125e6);
    const met = goalsOf(first, first).map((goal) => [goal.what, isMet(goal)]);
    expect(Object.fromEntries(met)).toMatchObject({
      'voice to voice, p50 ms': true,
      'greeting after the join, p50 ms': true,
      'CPU seconds a call-minute': false,
      'memory a call, MB': true,
      missed: false,
    });
    const silent = step([{ ...CALL, bargeInStopMs: [] }], 125e6);
    expect(goalsOf(silent, silent).find(({ what }) => what.startsWith('silent'))).toMatchObject({
      value: null,
    });
    expect(isMet({ what: '', value: null, goal: 1 })).toBe(false);
  });

  it('compare the slowest answers of many with those of few', () => {
    const slow = step([{ ...CALL, voiceToVoiceMs: [801] }], 125e6);
    expect(goalsOf(slow, step([CALL], 125e6)).at(-1)).toMatchObject({ value: 101, goal: 100 });
  });
});
