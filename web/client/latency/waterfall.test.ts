import type { TurnLatency } from '@parley/contracts/call-record';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LATENCY_STAGES } from './stages.ts';
import { knownWhole, layOutWaterfall } from './waterfall.ts';

const measured: TurnLatency = {
  endOfTurnMs: 300,
  sttFinalMs: 180,
  llmFirstTokenMs: 200,
  ttsFirstByteMs: 100,
  playoutMs: 20,
  transportMs: 80,
  voiceToVoiceMs: 700,
  isSpeculated: false,
};

const starts = (latency: TurnLatency) =>
  layOutWaterfall(latency).rows.map(({ span }) => span?.startMs ?? null);

describe('the waterfall of an answer', () => {
  it('puts each stage after the one before it', () => {
    expect(starts(measured)).toEqual([0, 300, 500, 600, 620]);
    expect(layOutWaterfall(measured)).toMatchObject({ totalMs: 700, unexplainedMs: null });
  });

  it('keeps a stage of no length apart from one that was not measured', () => {
    const rows = layOutWaterfall({ ...measured, llmFirstTokenMs: 0, ttsFirstByteMs: null }).rows;
    expect(rows[1]).toEqual({ stage: 'llmFirstTokenMs', span: { startMs: 300, lengthMs: 0 } });
    expect(rows[2]).toEqual({ stage: 'ttsFirstByteMs', span: null });
  });

  it('places what follows a gap from the end, and tells the length of the gap', () => {
    const gapped = { ...measured, ttsFirstByteMs: null };
    expect(starts(gapped)).toEqual([0, 300, null, 600, 620]);
    expect(layOutWaterfall(gapped).unexplainedMs).toBe(100);
  });

  it('places stages one after another where the whole was not measured', () => {
    const whole = { ...measured, ttsFirstByteMs: null, voiceToVoiceMs: null };
    expect(starts(whole)).toEqual([0, 300, null, 500, 520]);
    expect(layOutWaterfall(whole).unexplainedMs).toBeNull();
  });

  it('says no less than what is known of the whole', () => {
    expect(knownWhole(measured)).toEqual({ ms: 700, isLeast: false });
    expect(knownWhole({ ...measured, voiceToVoiceMs: null })).toEqual({ ms: 700, isLeast: true });
    const nothing = Object.fromEntries(LATENCY_STAGES.map((stage) => [stage, null]));
    expect(knownWhole({ ...measured, ...nothing, voiceToVoiceMs: null })).toBeNull();
  });

  it('never lets a stage stick out or stages overlap', () => {
    const ms = fc.option(fc.integer({ min: 0, max: 5_000 }), { nil: null });
    const latency = fc.record({
      endOfTurnMs: ms,
      sttFinalMs: ms,
      llmFirstTokenMs: ms,
      ttsFirstByteMs: ms,
      playoutMs: ms,
      transportMs: ms,
      voiceToVoiceMs: ms,
      isSpeculated: fc.boolean(),
    });
    fc.assert(
      fc.property(latency, (any) => {
        const { rows, totalMs } = layOutWaterfall(any);
        let endMs = 0;
        for (const { span } of rows) {
          if (span === null) continue;
          expect(span.startMs).toBeGreaterThanOrEqual(endMs);
          endMs = span.startMs + span.lengthMs;
        }
        expect(endMs).toBeLessThanOrEqual(totalMs);
      }),
    );
  });
});
