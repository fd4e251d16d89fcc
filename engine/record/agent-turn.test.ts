import { describe, expect, it } from 'vitest';
import { testSettings } from '../call/testing/call-settings.ts';
import { CALLER, VirtualCall } from '../call/testing/virtual-call.ts';
import { agentTurns, read, recordOf } from './testing/folded-call.ts';

const connected = () => new VirtualCall(testSettings()).connect(500);
const asked = () => connected().say(4_000, 5_000, 'what are your prices');
const readCall = (call: VirtualCall) => read(recordOf(call));

describe('a turn of the agent', () => {
  it('is what was heard, word by word', () => {
    expect(agentTurns(connected().run(3_000))).toMatchObject([
      {
        replyId: 'r1.1',
        answers: null,
        startedAtMs: 550,
        endedAtMs: 1_750,
        text: 'Hello there. How can I help?',
        unheard: '',
        isInterrupted: false,
        marks: [
          { charEnd: 5, atMs: 750 },
          { charEnd: 12, atMs: 950 },
          { charEnd: 16, atMs: 1_150 },
          { charEnd: 20, atMs: 1_350 },
          { charEnd: 22, atMs: 1_550 },
          { charEnd: 28, atMs: 1_750 },
        ],
      },
    ]);
  });

  it('goes on while it sounds', () => {
    expect(agentTurns(connected().run(1_000))).toMatchObject([
      { text: 'Hello there.', unheard: '', endedAtMs: null },
    ]);
  });

  it('ends where it fell silent when it is interrupted, and keeps what was not heard', () => {
    const call = asked().say(6_600, 7_500, 'stop').run(20_000);
    expect(agentTurns(call)[1]).toMatchObject({
      answers: 't1.1',
      text: 'We are open from nine',
      unheard: 'to five. Anything else?',
      isInterrupted: true,
      endedAtMs: 6_694,
    });
    expect(readCall(call).moments).toEqual([{ atMs: 7_650, kind: 'interrupted', label: 'speech' }]);
  });

  it('may be cut by what is typed', () => {
    const data = { participantId: CALLER, text: 'prices?' };
    const call = asked().send(6_600, { type: 'chatReceived', data }).run(20_000);
    expect(readCall(call).moments).toEqual([{ atMs: 6_600, kind: 'interrupted', label: 'chat' }]);
  });

  it('is none where nothing of it was heard', () => {
    const call = asked().say(5_520, 6_500, 'and on sundays').run(20_000);
    expect(call.commandsOf('startLlm')).toHaveLength(2);
    expect(agentTurns(call)).toHaveLength(2);
    expect(readCall(call).moments).toEqual([]);
  });

  it('goes on after a false hold, which is noted', () => {
    const call = asked().say(6_600, 7_400, 'mm-hmm').run(20_000);
    expect(agentTurns(call)[1]).toMatchObject({ isInterrupted: false, unheard: '' });
    expect(readCall(call).moments).toEqual([{ atMs: 6_664, kind: 'false_hold', label: '1056 ms' }]);
  });
});
