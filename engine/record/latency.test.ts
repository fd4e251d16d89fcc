import type { CallEvent } from '@parley/contracts/call-event';
import { pipelineSettingsSchema } from '@parley/contracts/pipeline-settings';
import { describe, expect, it } from 'vitest';
import { testSettings } from '../call/testing/call-settings.ts';
import { CALLER, VirtualCall } from '../call/testing/virtual-call.ts';
import { agentTurns, fold, journalOf, read, recordOf } from './testing/folded-call.ts';

const connected = () => new VirtualCall(testSettings()).connect(500);
const asked = () => connected().say(4_000, 5_000, 'what are your prices');
const readCall = (call: VirtualCall) => read(recordOf(call));

describe('how long an answer took', () => {
  const measured = { participantId: CALLER, toEarMs: 80, fromMouthMs: 60 };
  const SLOW = { firstTextMs: 200, firstSoundMs: 150 };
  /** The voice is told to have made its first sound 40 ms before the room was given it. */
  const withVoice = (call: VirtualCall) =>
    call.events.flatMap((event): CallEvent[] =>
      event.type === 'playoutStarted'
        ? [{ type: 'ttsStarted', atMs: event.atMs - 40, data: event.data }, event]
        : [event],
    );
  const answered = (call: VirtualCall) => {
    call.send(600, { type: 'transportMeasured', data: measured }).run(20_000);
    const events = withVoice(call).sort((a, b) => a.atMs - b.atMs);
    return read(fold([journalOf(call.state.settings, events)]));
  };

  it('is measured in stages that follow each other', () => {
    const call = new VirtualCall(testSettings(), SLOW).connect().say(4_000, 5_000, 'what are your prices');
    const { turns, latency } = answered(call);
    const expected = {
      endOfTurnMs: 500,
      sttFinalMs: 320,
      llmFirstTokenMs: 200,
      ttsFirstByteMs: 110,
      playoutMs: 40,
      transportMs: 140,
      voiceToVoiceMs: 990,
      isSpeculated: false,
    };
    expect(turns[2]).toMatchObject({ latency: expected });
    expect(latency).toEqual({ voiceToVoiceP50Ms: 990, voiceToVoiceP95Ms: 990, answers: 1 });
  });

  it('has no time of the model where the text was there by speculation', () => {
    const pipeline = pipelineSettingsSchema.parse({ idle: [] });
    const call = new VirtualCall(testSettings({ pipeline }), SLOW)
      .connect()
      .say(4_000, 5_000, 'what are your prices');
    const { turns, usage } = answered(call);
    const [, , answer] = turns;
    if (answer?.role !== 'agent') throw new Error('no answer was recorded');
    expect(answer).toMatchObject({ answers: 't1.1', latency: { isSpeculated: true, llmFirstTokenMs: 0 } });
    const { endOfTurnMs, llmFirstTokenMs, ttsFirstByteMs, playoutMs, transportMs } = answer.latency;
    const stages = [endOfTurnMs, llmFirstTokenMs, ttsFirstByteMs, playoutMs, transportMs];
    expect(stages.reduce((sum, ms) => (sum ?? 0) + (ms ?? Number.NaN), 0)).toBe(
      answer.latency.voiceToVoiceMs,
    );
    expect(usage).toMatchObject({ speculations: 2, usedSpeculations: 1 });
  });

  it('is unknown where nobody measured it, and of what answers nothing', () => {
    const call = asked().run(20_000);
    const [greeting, answer] = agentTurns(call);
    expect(Object.values(greeting?.latency ?? {}).every((part) => part === null || part === false)).toBe(
      true,
    );
    expect(answer?.latency).toMatchObject({
      endOfTurnMs: 500,
      ttsFirstByteMs: null,
      playoutMs: null,
      transportMs: null,
      voiceToVoiceMs: null,
    });
    expect(readCall(call).latency).toEqual({ voiceToVoiceP50Ms: null, voiceToVoiceP95Ms: null, answers: 1 });
  });
});
