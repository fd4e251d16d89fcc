import { describe, expect, it } from 'vitest';
import { testSettings } from '../call/testing/call-settings.ts';
import { CALLER, VirtualCall } from '../call/testing/virtual-call.ts';
import { changedTurns } from './recorded-call.ts';
import { fold, journalOf, read } from './testing/folded-call.ts';

const answer = () => 'We are open from nine to five on weekdays. On Sundays we are closed.';
const journalsOf = (...calls: readonly VirtualCall[]) =>
  calls.map(({ state, events }) => journalOf(state.settings, events));

/** A caller asks at 4 s and is answered from 5.6 s on; the process dies at `atMs` and another goes on 800 ms after. */
function lostAt(atMs: number) {
  const before = new VirtualCall(testSettings(), { answer })
    .connect()
    .say(4_000, 5_000, 'when are you open')
    .run(atMs);
  const after = before.lostAndResumed(700).connect(atMs + 800);
  after.run(atMs + 60_000);
  return read(fold(journalsOf(before, after)));
}

describe('the record of a call that lost its process', () => {
  it('has the reply in two parts, each as it was heard, and both answer the turn', () => {
    const { turns, moments, latency } = lostAt(7_000);
    expect(turns.slice(2)).toMatchObject([
      {
        replyId: 'r1.2',
        answers: 't1.1',
        text: 'We are open from nine to five',
        unheard: 'on weekdays. On Sundays we are closed.',
        isInterrupted: false,
        endedAtMs: 7_000,
      },
      {
        replyId: 'r2.1',
        answers: 't1.1',
        text: 'on weekdays. On Sundays we are closed.',
        unheard: '',
        startedAtMs: 7_850,
        latency: { endOfTurnMs: null, llmFirstTokenMs: null, voiceToVoiceMs: null },
      },
    ]);
    expect(moments).toEqual([
      { atMs: 7_000, kind: 'agent_lost', label: 'process 1' },
      { atMs: 7_700, kind: 'agent_resumed', label: 'process 2' },
    ]);
    expect(latency.answers).toBe(1);
  });

  it('counts the wait for another process where nothing of the answer was heard', () => {
    const { turns } = lostAt(5_600);
    expect(turns).toHaveLength(3);
    expect(turns[2]).toMatchObject({
      replyId: 'r2.1',
      answers: 't1.1',
      text: answer(),
      latency: { endOfTurnMs: 500, llmFirstTokenMs: 950 },
    });
  });

  it('keeps the words that the caller was in the middle of', () => {
    const { turns } = lostAt(4_700);
    expect(turns).toMatchObject([
      { role: 'agent' },
      { role: 'caller', turnId: 't1.1', text: 'when are', hasFloor: false, endedAtMs: 4_650 },
      { role: 'agent', answers: null, text: 'Sorry, I lost you for a moment.' },
    ]);
  });

  it('goes on counting in the next generation, on the same clock', () => {
    const before = new VirtualCall(testSettings()).connect().run(6_000);
    const after = before.lostAndResumed(700).connect(6_800).say(9_000, 10_000, 'when are you open');
    const { facts, turns } = read(fold(journalsOf(before, after.run(30_000))));
    expect(facts).toMatchObject({ state: 'active', generation: 2, turnCount: 3 });
    expect(facts.answeredAtMs).toBe(facts.createdAtMs);
    expect(turns[1]).toMatchObject({ turnId: 't2.1', startedAtMs: 9_032 });
  });

  it('is open again where its worker had been told to stop, and keeps the words that wait', () => {
    const before = new VirtualCall(testSettings()).connect().say(100, 300, 'I have a question');
    before.send(1_000, { type: 'endRequested', data: { reason: 'worker_stopped' } }).run(1_000);
    const stopped = fold(journalsOf(before));
    expect(read(stopped)).toMatchObject({
      facts: { state: 'ended', endReason: 'worker_stopped' },
      turns: [{ role: 'agent' }, { role: 'caller', text: 'I have a question', hasFloor: false }],
    });
    const events = before.events.filter(({ type }) => type !== 'endRequested');
    const carrying = new VirtualCall(testSettings()).connect().say(100, 300, 'I have a question').run(999);
    expect(events.slice(0, carrying.events.length)).toEqual(carrying.events);
    const after = carrying.lostAndResumed(700).connect(2_000).run(20_000);
    const resumed = read(fold(journalsOf(after), stopped));
    expect(resumed.facts).toMatchObject({ state: 'active', endReason: null });
    const asked = resumed.turns.filter((turn) => turn.role === 'caller');
    expect(asked).toMatchObject([{ text: 'I have a question', hasFloor: true, startedAtMs: 132 }]);
    expect(changedTurns(read(stopped), resumed).map(({ position }) => position)).toContain(1);
  });

  it('ignores what is late of a generation before', () => {
    const before = new VirtualCall(testSettings()).connect().run(6_000);
    const after = before.lostAndResumed(700).connect(6_800).run(9_000);
    const [old, young] = journalsOf(before, after);
    if (old === undefined || young === undefined) throw new Error('two journals were made');
    const record = fold([old, young]);
    expect(fold([old], record)).toBe(record);
  });

  it('has a tool in doubt that was running, and no draft of a reply on a guess', () => {
    const before = new VirtualCall(testSettings()).connect();
    const tool = { toolCallId: 'c1', isCancellable: false } as never;
    before.send(3_000, { type: 'toolStarted', data: tool }).run(4_000);
    const left = { participantId: CALLER, reason: 'left' } as const;
    const after = before.lostAndResumed(700).connect(5_000);
    after.send(9_000, { type: 'participantLeft', data: left }).run(10_000);
    const { toolCalls, facts } = read(fold(journalsOf(before, after)));
    expect(toolCalls).toMatchObject([{ name: 'c1', outcome: 'in_doubt' }]);
    expect(facts).toMatchObject({ state: 'ended', endReason: 'caller_left' });
  });
});
