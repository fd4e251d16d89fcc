import { describe, expect, it } from 'vitest';
import { testSettings } from './testing/call-settings.ts';
import { CALLER, VirtualCall } from './testing/virtual-call.ts';

/** The greeting of these calls sounds from 50 to 1,250 ms: six words of 200 ms. */
const connected = (change: Parameters<typeof testSettings>[0] = {}) =>
  new VirtualCall(testSettings(change)).connect();
const turnsOf = (call: VirtualCall) => call.commandsOf('recordTurn').map(({ data }) => data.text);
const voiceStates = (call: VirtualCall) => call.commandsOf('setVoiceState').map(({ data }) => data);
const preConnect = { participantId: CALLER, text: 'what are your prices', outcome: 'words' } as const;

describe('while the greeting sounds', () => {
  it('it is heard out, and what was said meanwhile is answered after it', () => {
    const call = connected().say(100, 500, 'stop wait a moment please').run(10_000);
    expect(call.commandsOf('holdPlayout')).toEqual([]);
    expect(call.commandsOf('abortReply')).toEqual([]);
    expect(turnsOf(call)).toEqual(['stop wait a moment please']);
    expect(call.commandsOf('startLlm')[0]?.atMs).toBeGreaterThanOrEqual(1_250);
  });

  it('an acknowledgement asks for no answer', () => {
    const call = connected().say(100, 400, 'okay right').run(10_000);
    expect(turnsOf(call)).toEqual([]);
    expect(call.state.kept).toEqual([]);
  });

  it('words said before its end and after it are one turn', () => {
    const call = connected().say(100, 300, 'I would like');
    call.say(1_000, 2_000, 'a table for six').run(10_000);
    expect(turnsOf(call)).toEqual(['I would like a table for six']);
    expect(call.commandsOf('startLlm')).toHaveLength(1);
  });

  it('a typed message interrupts it', () => {
    const call = connected();
    call.send(400, { type: 'chatReceived', data: { participantId: CALLER, text: 'prices?' } }).run(10_000);
    expect(call.commandsOf('abortReply')).toMatchObject([{ atMs: 400 }]);
    expect(turnsOf(call)).toEqual(['prices?']);
  });

  it('pages are told that it may not be interrupted, and when the voice may', () => {
    const call = connected().say(2_000, 3_000, 'what are your prices');
    call.say(4_500, 5_000, 'mm-hmm').run(20_000);
    expect(voiceStates(call)).toEqual([
      { isInterruptible: false, isHeld: false },
      { isInterruptible: true, isHeld: false },
      { isInterruptible: true, isHeld: true },
      { isInterruptible: true, isHeld: false },
    ]);
    expect(call.commandsOf('setVoiceState')[1]?.atMs).toBeGreaterThanOrEqual(1_250);
  });

  it('it can be interrupted where the agent does not mute', () => {
    const turn = { ...testSettings().turn, muteStrategies: [] };
    const call = connected({ turn }).say(100, 500, 'stop that please').run(10_000);
    expect(call.commandsOf('abortReply')).toHaveLength(1);
  });
});

describe('a call', () => {
  it('in half-duplex never tells that its voice may be interrupted', () => {
    const turn = { ...testSettings().turn, allowInterruptions: false };
    const call = connected({ turn }).say(2_000, 3_000, 'what are your prices').run(20_000);
    expect(voiceStates(call)).toEqual([{ isInterruptible: false, isHeld: false }]);
  });

  it('that is resumed is not muted', () => {
    const call = connected({ resumes: true, generation: 2 }).say(100, 700, 'no wait please').run(10_000);
    expect(call.commandsOf('holdPlayout')).toHaveLength(1);
  });

  it('whose greeting cannot be spoken is not muted for ever', () => {
    const call = new VirtualCall(testSettings(), { firstSoundMs: 60_000 }).connect();
    call.say(10_000, 11_000, 'is anybody there').run(30_000);
    expect(turnsOf(call)).toEqual(['is anybody there']);
  });
});

describe('what was said before the agent came', () => {
  it('is shown at once and is the first turn after the greeting', () => {
    const call = connected().send(200, { type: 'preConnectHeard', data: preConnect }).run(10_000);
    expect(call.commandsOf('captionUser')).toMatchObject([
      { atMs: 200, data: { text: 'what are your prices', isFinal: true } },
    ]);
    expect(turnsOf(call)).toEqual(['what are your prices']);
    expect(call.commandsOf('recordTurn')[0]?.atMs).toBeGreaterThanOrEqual(1_250);
    expect(call.commandsOf('startLlm')).toHaveLength(1);
  });

  it('comes before what was said during the greeting, in one turn', () => {
    const call = connected().send(100, { type: 'preConnectHeard', data: preConnect });
    call.say(200, 600, 'for a new tyre').run(10_000);
    expect(turnsOf(call)).toEqual(['what are your prices for a new tyre']);
  });

  it('waits for the end of a reply when it is known late', () => {
    const call = connected().say(2_000, 3_000, 'tell me more about it');
    call.send(4_000, { type: 'preConnectHeard', data: preConnect }).run(20_000);
    expect(call.commandsOf('abortReply')).toEqual([]);
    expect(turnsOf(call)).toEqual(['tell me more about it', 'what are your prices']);
  });

  it('that nobody understood is not spoken of, and of somebody who left it is forgotten', () => {
    const call = connected();
    call.send(100, {
      type: 'preConnectHeard',
      data: { participantId: CALLER, text: '', outcome: 'rejected' },
    });
    call.run(10_000);
    expect(turnsOf(call)).toEqual([]);
  });
});
