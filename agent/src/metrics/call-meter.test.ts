import { pipelineSettingsSchema } from '@parley/contracts/pipeline-settings';
import { testSettings } from '@parley/engine/call/testing/call-settings';
import { CALLER, VirtualCall } from '@parley/engine/call/testing/virtual-call';
import { EMPTY_RECORD } from '@parley/engine/record/call-record';
import { foldHeader, foldRecord } from '@parley/engine/record/fold-record';
import { journalOf, read, recordOf } from '@parley/engine/record/testing/folded-call';
import { describe, expect, it } from 'vitest';
import { createCallMeter } from './call-meter.ts';
import { createWorkerMetrics } from './worker-metrics.ts';

const measured = { participantId: CALLER, toEarMs: 80, fromMouthMs: 60 };
const NOW = { isRegistered: true, calls: 1, maxCalls: 20, shipping: null };

/** The samples after the call was metered line by line, as `name{labels}` and value. */
async function figuresOf(call: VirtualCall, options: { readonly isOpen?: boolean } = {}) {
  const metrics = createWorkerMetrics();
  const { header, lines } = journalOf(call.state.settings, call.events);
  const meter = createCallMeter(metrics.counts, header);
  let record = foldHeader(EMPTY_RECORD, header);
  for (const line of lines) {
    record = foldRecord(record, line);
    meter.seen(record);
  }
  if (options.isOpen !== true) {
    meter.close();
    meter.close();
  }
  const text = await metrics.exposition(NOW);
  return (sample: string) => {
    const line = text.split('\n').find((part) => part.startsWith(`${sample} `));
    return line === undefined ? null : Number(line.slice(sample.length + 1));
  };
}

describe('the meter of a call', () => {
  it('counts what the record says: the same turns and the same times', async () => {
    const call = new VirtualCall(testSettings()).connect();
    call.send(600, { type: 'transportMeasured', data: measured });
    call.say(4_000, 5_000, 'what are your prices').say(12_000, 13_000, 'and in the winter').run(25_000);
    call.send(25_000, { type: 'endRequested', data: { reason: 'caller_left' } }).run(26_000);
    const figure = await figuresOf(call);
    const { turns, latency } = read(recordOf(call));
    expect(figure('parley_turns_total{role="caller"}')).toBe(2);
    expect(figure('parley_turns_total{role="agent"}')).toBe(
      turns.filter(({ role }) => role === 'agent').length,
    );
    expect(latency.answers).toBe(2);
    expect(figure('parley_voice_to_voice_seconds_count')).toBe(2);
    const waits = turns.flatMap((turn) => (turn.role === 'agent' ? [turn.latency.voiceToVoiceMs ?? 0] : []));
    expect(figure('parley_voice_to_voice_seconds_sum')).toBeCloseTo(
      waits.reduce((sum, ms) => sum + ms, 0) / 1000,
    );
    expect(figure('parley_answer_stage_seconds_count{stage="llm_first_token"}')).toBe(2);
    expect(figure('parley_calls_started_total{kind="new"}')).toBe(1);
    expect(figure('parley_calls_ended_total{reason="caller_left"}')).toBe(1);
    expect(figure('parley_calls_active')).toBe(0);
  });

  it('has no time of a stage that was not measured', async () => {
    const call = new VirtualCall(testSettings()).connect().say(4_000, 5_000, 'what are your prices');
    const figure = await figuresOf(call.run(20_000));
    expect(figure('parley_answer_stage_seconds_count{stage="end_of_turn"}')).toBe(1);
    expect(figure('parley_answer_stage_seconds_count{stage="transport"}')).toBe(null);
    expect(figure('parley_voice_to_voice_seconds_count')).toBe(0);
  });

  it('counts an answer that goes on only when it is over', async () => {
    const call = new VirtualCall(testSettings()).connect().say(4_000, 5_000, 'what are your prices');
    call.run(6_000);
    const isOpen = await figuresOf(call, { isOpen: true });
    const isOver = await figuresOf(call);
    expect(isOpen('parley_calls_active')).toBe(1);
    expect(isOpen('parley_answer_stage_seconds_count{stage="end_of_turn"}')).toBe(null);
    expect(isOver('parley_answer_stage_seconds_count{stage="end_of_turn"}')).toBe(1);
    expect(isOver('parley_calls_ended_total{reason="broken_off"}')).toBe(1);
  });

  it('counts interruptions, failures and lost sound by their kinds', async () => {
    const call = new VirtualCall(testSettings()).connect().say(4_000, 5_000, 'what are your prices');
    call.say(6_500, 8_500, 'no wait I have another question').run(15_000);
    call.send(15_000, {
      type: 'recordingIncomplete',
      data: { cause: 'disk_full', message: 'ENOSPC: /home/alice' },
    });
    call.send(15_100, {
      type: 'sttFailed',
      data: { participantId: CALLER, code: 'unavailable', message: 'no' },
    });
    const figure = await figuresOf(call.run(16_000));
    expect(figure('parley_interruptions_total{outcome="stopped"}')).toBe(1);
    expect(figure('parley_recording_losses_total{cause="disk_full"}')).toBe(1);
    expect(figure('parley_stage_failures_total{stage="stt"}')).toBe(1);
  });

  it('counts guesses, and those that were used', async () => {
    const pipeline = pipelineSettingsSchema.parse({ idle: [] });
    const settings = testSettings({ pipeline });
    const call = new VirtualCall(settings).connect().say(4_000, 5_000, 'what are your prices').run(20_000);
    const figure = await figuresOf(call);
    expect(figure('parley_speculations_total')).toBe(2);
    expect(figure('parley_speculations_used_total')).toBe(1);
  });
});
