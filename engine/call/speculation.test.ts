import { toolCallIdSchema } from '@parley/contracts/ids';
import { pipelineSettingsSchema } from '@parley/contracts/pipeline-settings';
import { describe, expect, it } from 'vitest';
import { modelContext } from '../conversation/model-context.ts';
import type { CallSettings } from './settings.ts';
import { testSettings } from './testing/call-settings.ts';
import { CALLER, VirtualCall, type VirtualStages } from './testing/virtual-call.ts';

const speculating = (limits: object = {}) => ({
  pipeline: pipelineSettingsSchema.parse({ idle: [], speculation: limits }),
});
const connected = (change: Partial<CallSettings> = {}, stages: Partial<VirtualStages> = {}) =>
  new VirtualCall(testSettings({ ...speculating(), ...change }), stages).connect();
const heardFrom = (call: VirtualCall) =>
  call.heardWords.filter(({ atMs }) => atMs > 2_000).map(({ word }) => word);

/** Model and voice take 200 and 150 ms: hidden in the wait for the end of the turn, or not. */
const SLOW = { firstTextMs: 200, firstSoundMs: 150 };

describe('an answer begun while the caller pauses', () => {
  it('sounds as soon as the turn is over, as long as the words are the same', () => {
    const ask = (change: Partial<CallSettings>) =>
      connected(change, SLOW).say(2_000, 3_000, 'what are your prices').run(20_000);
    const quick = ask({});
    const slow = ask({ pipeline: testSettings().pipeline });
    expect(quick.commandsOf('startLlm')).toMatchObject([
      { atMs: 3_096, data: { speculativeText: expect.any(String) } },
      { atMs: 3_150, data: { speculativeText: 'what are your prices' } },
    ]);
    expect(quick.commandsOf('recordTurn')[0]?.atMs).toBe(3_500);
    const firstWordAtMs = (call: VirtualCall) => call.heardWords.find(({ atMs }) => atMs > 3_000)?.atMs ?? 0;
    expect(firstWordAtMs(slow) - firstWordAtMs(quick)).toBeGreaterThanOrEqual(300);
    expect(modelContext(quick.state.conversation)).toEqual(modelContext(slow.state.conversation));
    expect(quick.state.counts).toMatchObject({ speculations: 2, usedSpeculations: 1 });
  });

  it('makes no sound before the turn is over, and gives the voice one sentence only', () => {
    const answer = () => 'We are open from nine to five. On Sunday we rest. Anything else?';
    const call = connected({}, { answer, firstTextMs: 20, firstSoundMs: 10 });
    call.say(2_000, 3_000, 'when are you open').run(20_000);
    const committedAtMs = call.commandsOf('recordTurn')[0]?.atMs ?? 0;
    expect(call.heardWords.filter(({ atMs }) => atMs > 2_000 && atMs < committedAtMs)).toEqual([]);
    const early = call.commandsOf('speak').filter(({ atMs }) => atMs > 2_000 && atMs < committedAtMs);
    expect(early.map(({ data }) => data.text)).toEqual([
      'We are open from nine to five.',
      'We are open from nine to five.',
    ]);
    expect(heardFrom(call).join(' ')).toBe(answer());
  });

  it('of a sentence that the model ends without a space is spoken once, however long the turn waits', () => {
    const answer = () => 'A story costs nothing.';
    const call = connected({}, { answer, firstTextMs: 20, firstSoundMs: 10 });
    call.say(2_000, 3_000, 'what are your prices').run(20_000);
    expect(heardFrom(call).join(' ')).toBe(answer());
    const lost = connected({}, { answer, firstTextMs: 20, firstSoundMs: 10 })
      .say(2_000, 3_000, 'what are your prices')
      .run(3_560)
      .lostAndResumed(500)
      .connect(4_200)
      .run(20_000);
    expect(modelContext(lost.state.conversation).at(-1)).toMatchObject({ role: 'assistant' });
    expect(lost.commandsOf('speak').map(({ data }) => data.text)).toEqual([answer()]);
  });

  it('is thrown away when the caller goes on, and nobody hears of it', () => {
    const call = connected()
      .say(2_000, 2_500, 'I would like')
      .say(2_900, 3_500, 'a table please')
      .run(20_000);
    const discarded = call.commandsOf('abortReply').filter(({ data }) => data.reason === 'discarded');
    expect(discarded.length).toBeGreaterThan(0);
    expect(call.commandsOf('recordTurn')).toHaveLength(1);
    expect(modelContext(call.state.conversation).filter(({ role }) => role === 'user')).toHaveLength(1);
    expect(call.commandsOf('closeCaption')).toHaveLength(2);
    expect(call.state.replies).toEqual({});
  });

  it('never runs a tool, and those of the call wait for the end of the turn', () => {
    const call = connected({}, { answer: () => 'silence' })
      .say(2_000, 3_000, 'goodbye then')
      .run(3_200);
    const replyId = call.commandsOf('startLlm').at(-1)?.data.replyId ?? expect.fail('no guess');
    const toolCallId = toolCallIdSchema.parse('x');
    call.send(3_210, { type: 'llmTextDelta', data: { replyId, text: 'Goodbye.' } });
    call.send(3_220, {
      type: 'llmToolCalled',
      data: { replyId, toolCallId, name: 'end_call', argumentsJson: '{}' },
    });
    call.send(3_230, { type: 'llmFinished', data: { replyId, inputTokens: 1, outputTokens: 1 } });
    call.run(3_400);
    expect(call.commandsOf('endCall')).toEqual([]);
    call.run(20_000);
    expect(heardFrom(call)).toEqual(['Goodbye.']);
    expect(call.commandsOf('endCall')).toMatchObject([{ data: { reason: 'agent_ended' } }]);
  });

  it('that wants another tool is begun again after the turn', () => {
    const call = connected({}, { answer: () => 'silence' })
      .say(2_000, 3_000, 'book it please')
      .run(3_200);
    const replyId = call.commandsOf('startLlm').at(-1)?.data.replyId ?? expect.fail('no guess');
    const toolCallId = toolCallIdSchema.parse('x');
    call.send(3_210, {
      type: 'llmToolCalled',
      data: { replyId, toolCallId, name: 'book_table', argumentsJson: '{}' },
    });
    call.run(3_600);
    expect(call.commandsOf('startLlm').at(-1)).toMatchObject({
      atMs: 3_500,
      data: { speculativeText: null },
    });
  });

  it('that fails is begun again after the turn, without an apology', () => {
    const answer = (request: number) => (request < 2 ? null : 'Here we are.');
    const call = connected({}, { answer }).say(2_000, 3_000, 'what are your prices').run(20_000);
    expect(heardFrom(call).join(' ')).toBe('Here we are.');
  });

  it('is within a budget of the turn and of the call', () => {
    const talk = (limits: object) => {
      const call = connected(speculating(limits));
      for (let at = 2_000; at < 6_000; at += 600) call.say(at, at + 300, `words${at} more`);
      return call.run(30_000).state.counts.speculations;
    };
    expect(talk({ maxPerTurn: 2 })).toBe(2);
    expect(talk({ maxPerCall: 1 })).toBe(1);
    expect(talk({ enabled: false })).toBe(0);
  });

  it('is not begun while a tool runs, over the agent, in the greeting, or where a node forbids it', () => {
    const node = { node: 'pay', mutesUser: false, asksFor: 'anything', allowsSpeculation: false } as const;
    const forbidden = connected().send(1_600, { type: 'nodeEntered', data: node });
    const busy = connected().send(1_600, {
      type: 'toolStarted',
      data: { toolCallId: toolCallIdSchema.parse('x'), isCancellable: true },
    });
    for (const call of [forbidden, busy]) {
      call.say(2_000, 3_000, 'what are your prices').run(3_400);
      expect(call.commandsOf('startLlm')).toEqual([]);
    }
    const greeted = connected().say(100, 400, 'what are your prices').run(1_000);
    expect(greeted.commandsOf('startLlm')).toEqual([]);
  });

  it('of a caller who leaves is thrown away', () => {
    const call = connected().say(2_000, 3_000, 'what are your prices');
    call.send(3_200, { type: 'participantLeft', data: { participantId: CALLER, reason: 'left' } });
    call.run(5_000);
    expect(call.state.replies).toEqual({});
    expect(call.commandsOf('closeCaption')).toHaveLength(1);
  });
});
