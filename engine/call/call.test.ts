import { describe, expect, it } from 'vitest';
import { modelContext } from '../conversation/model-context.ts';
import { testSettings } from './testing/call-settings.ts';
import { CALLER, VirtualCall } from './testing/virtual-call.ts';

const GREETING_END_MS = 1_500;

function connected(...args: ConstructorParameters<typeof VirtualCall>): VirtualCall {
  return new VirtualCall(...args).connect();
}

describe('the greeting', () => {
  it('waits until the pipeline is ready and the caller listens', () => {
    const call = new VirtualCall(testSettings());
    call.send(10, { type: 'participantJoined', data: { participantId: CALLER, kind: 'sip', name: '' } });
    call.send(900, { type: 'pipelineReady', data: {} });
    call.run(1_000);
    expect(call.commandsOf('speak')).toEqual([]);
    call.send(1_200, { type: 'participantListening', data: { participantId: CALLER } }).run(1_200);
    expect(call.commandsOf('speak')).toMatchObject([{ atMs: 1_200 }]);
    expect(call.commandsOf('startLlm')).toEqual([]);
  });

  it('is the resume line where the call is resumed, and not for a later generation alone', () => {
    const lineOf = (call: VirtualCall) => call.run(100).commandsOf('speak')[0]?.data.text;
    expect(lineOf(connected(testSettings({ generation: 2, resumes: true })))).toBe(
      'Sorry, I lost you for a moment.',
    );
    expect(lineOf(connected(testSettings({ generation: 2 })))).toBe('Hello there. How can I help?');
  });

  it('comes before the answer to what was said while the call opened', () => {
    const call = new VirtualCall(testSettings());
    call.send(0, { type: 'participantJoined', data: { participantId: CALLER, kind: 'standard', name: '' } });
    call.say(100, 600, 'are you open today');
    call.connect(2_000).run(10_000);
    const order = call.commands
      .filter(({ type }) => type === 'speak' || type === 'startLlm')
      .map(({ type }) => type);
    expect(order.slice(0, 2)).toEqual(['speak', 'startLlm']);
    expect(modelContext(call.state.conversation).filter(({ role }) => role === 'user')).toHaveLength(1);
  });
});

describe('a turn', () => {
  it('is answered once the caller has been silent for silenceDurationMs', () => {
    const call = connected(testSettings()).say(2_000, 3_000, 'what are your prices').run(20_000);
    expect(call.commandsOf('recordTurn')).toMatchObject([
      { atMs: 3_500, data: { text: 'what are your prices' } },
    ]);
    expect(call.commandsOf('startLlm')).toMatchObject([{ atMs: 3_500 }]);
    expect(call.state.toldAgentState).toBe('listening');
    expect(modelContext(call.state.conversation).at(-1)).toMatchObject({
      role: 'assistant',
      text: 'We are open from nine to five. Anything else?',
    });
  });

  it('goes on when the caller speaks again before it is over', () => {
    const call = connected(testSettings());
    call.say(2_000, 2_500, 'I would like').say(2_800, 3_300, 'a table please').run(10_000);
    expect(call.commandsOf('recordTurn')).toMatchObject([{ atMs: 3_800 }]);
    expect(call.commandsOf('recordTurn')[0]?.data.text).toContain('a table please');
  });

  it('asks the recogniser for its final before the wait is over', () => {
    const call = connected(testSettings()).say(2_000, 3_000, 'hello there friend').run(5_000);
    expect(call.commandsOf('finalizeStt')).toMatchObject([{ atMs: 3_300 }]);
  });

  it('ends with the interim words when the final never comes', () => {
    const call = connected(testSettings(), { finalMs: 60_000 })
      .say(2_000, 3_000, 'are you there')
      .run(20_000);
    expect(call.commandsOf('recordTurn')).toMatchObject([{ atMs: 5_000, data: { text: 'are you there' } }]);
  });

  it('keeps words whose final comes after the turn was given up', () => {
    const call = connected(testSettings({ givesInterims: false }), { finalMs: 4_000 });
    call.say(2_000, 3_000, 'are you there').run(20_000);
    expect(call.commandsOf('recordTurn')).toMatchObject([{ atMs: 7_300, data: { text: 'are you there' } }]);
  });

  it('is not opened by a noise', () => {
    const call = connected(testSettings()).say(2_000, 2_400, null).run(10_000);
    expect(call.commandsOf('recordTurn')).toEqual([]);
    expect(call.state.toldAgentState).toBe('listening');
  });

  it('that cannot be put into words is told to the model as such', () => {
    const call = connected(testSettings()).say(2_000, 3_000, '!the weather in Paris').run(4_000);
    expect(call.commandsOf('recordTurn')[0]?.data).toMatchObject({ text: '', isUnintelligible: true });
    expect(call.commandsOf('startLlm')).toHaveLength(1);
  });
});

describe('barge-in', () => {
  it('holds the voice at 64 ms and cuts it at the word that makes it an interruption', () => {
    const call = connected(testSettings())
      .say(2_000, 3_000, 'what are your prices')
      .say(4_500, 5_700, 'no six people');
    call.run(5_000);
    expect(call.commandsOf('holdPlayout')).toMatchObject([{ atMs: 4_564 }]);
    call.run(20_000);
    const [abort] = call.commandsOf('abortReply');
    expect(abort).toMatchObject({ data: { reason: 'interrupted' } });
    const said = modelContext(call.state.conversation);
    const cut = said.find((message) => message.role === 'assistant' && message.isInterrupted);
    const heard = call.heardWords
      .filter(({ replyId }) => replyId === abort?.data.replyId)
      .map(({ word }) => word);
    expect(heard.length).toBeGreaterThan(0);
    expect(cut).toMatchObject({ text: heard.join(' ') });
    const [caption] = call
      .commandsOf('closeCaption')
      .filter(({ data }) => data.replyId === abort?.data.replyId);
    const spoken = call
      .commandsOf('speak')
      .filter(({ data }) => data.replyId === abort?.data.replyId)
      .map(({ data }) => data.text);
    expect(caption?.data.isInterrupted).toBe(true);
    expect(`${heard.join(' ')} ${caption?.data.unheard}`).toBe(spoken.join(' '));
    expect(said.at(-2)).toMatchObject({ role: 'user', text: 'no six people' });
    expect(call.commandsOf('startLlm')).toHaveLength(2);
  });

  it('goes on after an acknowledgement, from the word where it stopped', () => {
    const call = connected(testSettings())
      .say(2_000, 3_000, 'what are your prices')
      .say(4_200, 4_500, 'mm-hmm');
    call.run(20_000);
    expect(call.commandsOf('resumePlayout')).toHaveLength(1);
    expect(call.commandsOf('abortReply')).toEqual([]);
    expect(modelContext(call.state.conversation).at(-2)).toMatchObject({ isInterrupted: false });
    expect(call.state.counts.falseHolds).toBe(1);
  });

  it('goes on 700 ms after a cough', () => {
    const call = connected(testSettings(), { finalMs: 1_000 }).say(2_000, 3_000, 'what are your prices');
    call.say(5_000, 5_200, null).run(20_000);
    expect(call.commandsOf('resumePlayout')).toMatchObject([{ atMs: 5_900 }]);
  });

  it('goes on when 2 s of hold bring no word', () => {
    const call = connected(testSettings()).say(2_000, 3_000, 'what are your prices').say(4_200, 9_000, null);
    call.run(20_000);
    expect(call.commandsOf('resumePlayout')[0]).toMatchObject({ atMs: 6_264 });
  });

  it('notes too few words and goes on, unless the agent had asked a question', () => {
    const noted = connected(testSettings())
      .say(2_000, 3_000, 'what are your prices')
      .say(4_200, 4_600, 'on tuesday');
    noted.run(20_000);
    expect(noted.commandsOf('abortReply')).toEqual([]);
    expect(modelContext(noted.state.conversation)).toContainEqual({ role: 'overlap', text: 'on tuesday' });
    const asked = connected(testSettings(), {
      answer: () => 'Which day would suit you and your party of guests best?',
    });
    asked.say(2_000, 3_000, 'what are your prices').say(4_200, 4_600, 'on tuesday').run(20_000);
    expect(asked.commandsOf('abortReply')).toHaveLength(1);
  });

  it("knows the agent's own phrases", () => {
    const own = { yield: ['basta'], acknowledgements: ['go on then'], assents: ['brilliant stuff'] };
    const said = (text: string, phrases = own) =>
      connected(testSettings({ phrases }))
        .say(2_000, 3_000, 'what are your prices')
        .say(4_200, 4_700, text)
        .run(20_000)
        .commandsOf('abortReply').length;
    const none = testSettings().phrases;
    expect([said('basta', none), said('basta')]).toEqual([0, 1]);
    expect([said('go on then', none), said('go on then')]).toEqual([1, 0]);
    expect([said('brilliant stuff indeed', none), said('brilliant stuff indeed')]).toEqual([1, 0]);
  });

  it('replaces an answer that is not yet heard', () => {
    const call = connected(testSettings(), { firstTextMs: 2_000 });
    call.say(2_000, 3_000, 'what are your prices').say(3_700, 4_300, 'on sundays').run(20_000);
    expect(call.commandsOf('startLlm')).toHaveLength(2);
    expect(modelContext(call.state.conversation).filter(({ role }) => role === 'assistant')).toHaveLength(2);
  });
});

describe('half-duplex', () => {
  const settings = testSettings({ turn: { ...testSettings().turn, allowInterruptions: false } });

  it('takes no turn from speech over the agent, and hears the next', () => {
    const call = connected(settings).say(2_000, 3_000, 'what are your prices');
    call.say(4_200, 5_000, 'stop stop stop').say(8_000, 9_000, 'thank you very much').run(20_000);
    expect(call.commandsOf('holdPlayout')).toEqual([]);
    expect(call.commandsOf('abortReply')).toEqual([]);
    expect(call.commandsOf('recordTurn').map(({ data }) => data.text)).toEqual([
      'what are your prices',
      'thank you very much',
    ]);
  });

  it('hears who is still speaking when the agent has stopped', () => {
    const call = connected(settings).say(900, 3_000, 'I need a room tonight').run(6_000);
    expect(call.commandsOf('recordTurn')).toMatchObject([{ atMs: 3_500 }]);
  });
});

describe('typed messages', () => {
  it('interrupt, then are answered', () => {
    const call = connected(testSettings()).say(2_000, 3_000, 'what are your prices');
    call
      .send(4_200, { type: 'chatReceived', data: { participantId: CALLER, text: 'and on sundays?' } })
      .run(20_000);
    expect(call.commandsOf('abortReply')).toMatchObject([{ atMs: 4_200 }]);
    expect(call.commandsOf('startLlm')[1]?.atMs).toBeLessThan(4_300);
  });
});

describe('a failing model', () => {
  it('is followed by the apology', () => {
    const call = connected(testSettings(), { answer: () => null })
      .say(2_000, 3_000, 'what are your prices')
      .run(20_000);
    expect(call.commandsOf('speak').at(-1)).toMatchObject({
      atMs: 3_555,
      data: { text: 'Sorry, something went wrong.' },
    });
    expect(call.state.toldAgentState).toBe('listening');
  });

  it('that says nothing for 10 s is given up', () => {
    const call = connected(testSettings(), { answer: () => 'silence' }).say(
      2_000,
      3_000,
      'what are your prices',
    );
    call.run(30_000);
    expect(call.commandsOf('abortReply')).toMatchObject([{ atMs: 13_500, data: { reason: 'failed' } }]);
    expect(call.state.toldAgentState).toBe('listening');
  });
});

describe('the end of a call', () => {
  it('comes after the goodbye was heard', () => {
    const call = connected(testSettings(), { answer: () => 'silence' })
      .say(2_000, 3_000, 'goodbye then')
      .run(3_500);
    const replyId = call.commandsOf('startLlm')[0]?.data.replyId;
    if (replyId === undefined) throw new Error('no answer was asked for');
    call.send(3_600, { type: 'llmTextDelta', data: { replyId, text: 'Goodbye!' } });
    call.send(3_610, {
      type: 'llmToolCalled',
      data: { replyId, toolCallId: 'c1' as never, name: 'end_call', argumentsJson: '{}' },
    });
    call.send(3_620, { type: 'llmFinished', data: { replyId, inputTokens: 1, outputTokens: 1 } });
    call.run(20_000);
    const heardAtMs = call.heardWords.at(-1)?.atMs ?? Number.POSITIVE_INFINITY;
    expect(call.commandsOf('endCall')).toMatchObject([{ data: { reason: 'agent_ended' } }]);
    expect(call.commandsOf('endCall')[0]?.atMs).toBeGreaterThanOrEqual(heardAtMs);
  });

  it('comes when the caller leaves, and not while the network may return', () => {
    const left = connected(testSettings()).run(GREETING_END_MS);
    left.send(2_000, { type: 'participantLeft', data: { participantId: CALLER, reason: 'left' } }).run(2_000);
    expect(left.commandsOf('endCall')).toMatchObject([{ data: { reason: 'caller_left' } }]);
    const lost = connected(testSettings());
    lost
      .send(2_000, { type: 'participantLeft', data: { participantId: CALLER, reason: 'lost' } })
      .run(10_000);
    expect(lost.commandsOf('endCall')).toEqual([]);
    lost.send(10_000, {
      type: 'participantJoined',
      data: { participantId: CALLER, kind: 'standard', name: '' },
    });
    lost.run(60_000);
    expect(lost.commandsOf('endCall')).toEqual([]);
  });

  it('comes when nobody does', () => {
    const call = new VirtualCall(testSettings());
    call.send(500, { type: 'pipelineReady', data: {} }).run(60_000);
    expect(call.commandsOf('endCall')).toMatchObject([{ atMs: 15_000, data: { reason: 'no_caller' } }]);
  });
});
