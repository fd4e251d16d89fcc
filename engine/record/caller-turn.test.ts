import { describe, expect, it } from 'vitest';
import { testSettings } from '../call/testing/call-settings.ts';
import { CALLER, VirtualCall } from '../call/testing/virtual-call.ts';
import { agentTurns, callerTurns, read, recordOf } from './testing/folded-call.ts';

const connected = () => new VirtualCall(testSettings()).connect(500);
const asked = () => connected().say(4_000, 5_000, 'what are your prices');
const readCall = (call: VirtualCall) => read(recordOf(call));

describe('a turn of the caller', () => {
  it('lasts from the first sound to the last, with the words at the times at which they were understood', () => {
    expect(callerTurns(asked().run(20_000))).toEqual([
      {
        role: 'caller',
        turnId: 't1.1',
        participantId: CALLER,
        text: 'what are your prices',
        source: 'speech',
        isUnintelligible: false,
        hasFloor: true,
        startedAtMs: 4_032,
        endedAtMs: 5_000,
        marks: [
          { charEnd: 'what'.length, atMs: 4_400 },
          { charEnd: 'what are'.length, atMs: 4_650 },
          { charEnd: 'what are your'.length, atMs: 4_900 },
          { charEnd: 'what are your prices'.length, atMs: 5_000 },
        ],
        areMarksEstimated: false,
      },
    ]);
  });

  it('has its words spread over the speech where the recogniser tells of them afterwards', () => {
    const call = new VirtualCall(testSettings({ givesInterims: false }))
      .connect()
      .say(4_000, 5_000, 'what are your prices');
    expect(callerTurns(call.run(20_000))).toMatchObject([
      {
        areMarksEstimated: true,
        marks: [
          { charEnd: 4, atMs: 4_226 },
          { charEnd: 8, atMs: 4_419 },
          { charEnd: 13, atMs: 4_661 },
          { charEnd: 20, atMs: 5_000 },
        ],
      },
    ]);
  });

  it('has no times of its words from interims that come after them', () => {
    const call = connected().say(4_000, 4_500, 'goodbye').run(20_000);
    expect(callerTurns(call)).toMatchObject([
      { areMarksEstimated: true, marks: [{ charEnd: 'goodbye'.length, atMs: 4_500 }] },
    ]);
  });

  it('does not begin with a noise before it', () => {
    const call = connected().say(3_000, 3_300, null).say(4_600, 5_600, 'what are your prices');
    expect(callerTurns(call.run(20_000))).toMatchObject([{ startedAtMs: 4_632, endedAtMs: 5_600 }]);
  });

  it('spans the pauses within it', () => {
    const call = connected()
      .say(4_000, 4_500, 'I would like')
      .say(4_800, 5_600, 'I would like a table please');
    expect(callerTurns(call.run(20_000))).toMatchObject([{ startedAtMs: 4_032, endedAtMs: 5_600 }]);
  });

  it('may be something that nobody understood', () => {
    const call = connected().say(4_000, 5_000, '!words of another language').run(20_000);
    expect(callerTurns(call)).toMatchObject([
      { text: '', isUnintelligible: true, marks: [], startedAtMs: 4_032, endedAtMs: 5_000 },
    ]);
  });

  it('may be typed', () => {
    const data = { participantId: CALLER, text: 'hi there' };
    const call = connected().send(4_000, { type: 'chatReceived', data }).run(20_000);
    expect(callerTurns(call)).toMatchObject([
      { text: 'hi there', source: 'chat', startedAtMs: 4_000, endedAtMs: 4_000, marks: [] },
    ]);
    expect(agentTurns(call)[1]).toMatchObject({
      answers: 't1.1',
      latency: { endOfTurnMs: null, sttFinalMs: null, llmFirstTokenMs: 50, voiceToVoiceMs: null },
    });
  });

  it('stands at its beginning, though it was kept until the greeting was over', () => {
    const call = new VirtualCall(testSettings()).connect().say(100, 300, 'I have a question').run(20_000);
    const { turns } = readCall(call);
    expect(turns.map(({ role }) => role)).toEqual(['agent', 'caller', 'agent']);
    expect(turns[1]).toMatchObject({ text: 'I have a question', startedAtMs: 132, endedAtMs: 300 });
    // The agent's own voice was what it waited for.
    expect(turns[2]).toMatchObject({ answers: 't1.1', latency: { endOfTurnMs: null, llmFirstTokenMs: 50 } });
  });

  it('is joined of what was kept and what was said after it, each at its own time', () => {
    const call = new VirtualCall(testSettings())
      .connect()
      .say(100, 300, 'I have a question')
      .say(1_000, 2_000, 'it is about bicycles')
      .run(20_000);
    const [turn] = callerTurns(call);
    expect(turn).toMatchObject({ text: 'I have a question it is about bicycles', startedAtMs: 132 });
    expect(turn?.marks.at(-1)).toEqual({ charEnd: turn?.text.length, atMs: 2_000 });
    expect(turn?.marks).toContainEqual({ charEnd: 'I have a question'.length, atMs: 300 });
  });

  it('was said before the call began, as far as anybody knows', () => {
    const data = { participantId: CALLER, text: 'are you open', outcome: 'words' } as const;
    const call = new VirtualCall(testSettings())
      .connect()
      .send(80, { type: 'preConnectHeard', data })
      .run(20_000);
    expect(callerTurns(call)).toMatchObject([
      { text: 'are you open', startedAtMs: 80, endedAtMs: 80, areMarksEstimated: true },
    ]);
  });
});

describe('words that did not take the floor', () => {
  it('stand where they were said, once the next turn or the end shows that nobody answered them', () => {
    const call = asked().say(6_000, 6_400, 'mm-hmm').say(9_000, 9_800, 'when are you open').run(20_000);
    expect(callerTurns(call)).toMatchObject([
      { text: 'what are your prices', hasFloor: true },
      { text: 'mm-hmm', hasFloor: false, turnId: 't1.2', startedAtMs: 6_032, endedAtMs: 6_400 },
      { text: 'when are you open', hasFloor: true, startedAtMs: 9_032 },
    ]);
  });

  it('are the last ones of a caller who says goodbye and is gone', () => {
    const left = { participantId: CALLER, reason: 'left' } as const;
    const call = connected()
      .say(4_000, 4_600, 'thanks bye')
      .send(4_800, { type: 'participantLeft', data: left });
    expect(callerTurns(call.run(9_000))).toMatchObject([
      { text: 'thanks bye', hasFloor: false, startedAtMs: 4_032, endedAtMs: 4_600 },
    ]);
  });
});
