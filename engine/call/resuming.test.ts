import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { modelContext } from '../conversation/model-context.ts';
import { openReplyOf } from './state.ts';
import { testSettings } from './testing/call-settings.ts';
import { CALLER, VirtualCall } from './testing/virtual-call.ts';

const answer = () => 'We are open from nine to five on weekdays. On Sundays we are closed.';

/** A caller asks at 4 s, and is answered until about 9 s. */
function asked(): VirtualCall {
  return new VirtualCall(testSettings(), { answer }).connect().say(4_000, 5_000, 'when are you open');
}

const wordsHeard = (call: VirtualCall) => call.heardWords.map(({ word }) => word).join(' ');
const lostAt = (atMs: number, afterMs = 700) => {
  const before = asked().run(atMs);
  const after = before.lostAndResumed(afterMs);
  after.connect(atMs + afterMs + 100).run(atMs + 60_000);
  return { before, after };
};

describe('a call whose process is lost', () => {
  it('goes on after the last word that was heard', () => {
    const { before, after } = lostAt(7_000);
    expect(wordsHeard(before)).toMatch(/nine to five$/);
    expect(wordsHeard(after)).toBe('on weekdays. On Sundays we are closed.');
    const said = modelContext(after.state.conversation).filter(({ role }) => role === 'assistant');
    expect(said.map(({ text }) => text).join(' ')).toContain('nine to five on weekdays. On Sundays');
    expect(said.some((message) => message.role === 'assistant' && message.isInterrupted)).toBe(false);
  });

  it('repeats no word and loses none, whenever it is lost', () => {
    const whole = wordsHeard(asked().run(60_000));
    fc.assert(
      fc.property(
        fc.integer({ min: 5_800, max: 12_000 }),
        fc.integer({ min: 0, max: 5_000 }),
        (atMs, gapMs) => {
          const { before, after } = lostAt(atMs, gapMs);
          expect(`${wordsHeard(before)} ${wordsHeard(after)}`.trim()).toBe(whole);
          expect(openReplyOf(after.state)).toBeNull();
          expect(after.state.call.phase).toBe('live');
        },
      ),
    );
  });

  it('greets on where it was lost in its greeting, and hears its caller after', () => {
    const { before, after } = lostAt(600);
    expect(wordsHeard(before)).toBe('Hello there.');
    expect(wordsHeard(after)).toBe('How can I help?');
    after.say(62_000, 63_000, 'when are you open').run(80_000);
    expect(after.commandsOf('recordTurn')).toHaveLength(1);
  });

  it('greets where it was lost before anybody was greeted', () => {
    const before = new VirtualCall(testSettings()).run(100);
    const after = before.lostAndResumed(500).connect(800).run(10_000);
    expect(wordsHeard(after)).toBe('Hello there. How can I help?');
  });

  it('answers a turn that was committed and had no word of an answer', () => {
    const { after } = lostAt(5_600);
    expect(after.commandsOf('startLlm')).toHaveLength(1);
    expect(wordsHeard(after)).toBe(answer());
  });

  it('asks again only where the caller was in mid-sentence', () => {
    const { after } = lostAt(4_700);
    expect(wordsHeard(after)).toBe('Sorry, I lost you for a moment.');
    expect(lostAt(30_000).after.commandsOf('speak')).toEqual([]);
  });

  it('asks where nothing is known of what was said', () => {
    const settings = testSettings({ generation: 2, resumes: true, startsAtMs: 90_000 });
    const call = new VirtualCall(settings).connect(90_100).run(120_000);
    expect(wordsHeard(call)).toBe('Sorry, I lost you for a moment.');
  });

  it('keeps what it knew through a generation that is lost before it can go on', () => {
    const second = asked().run(7_000).lostAndResumed(500);
    const third = second.run(7_600).lostAndResumed(500);
    third.connect(8_300).run(60_000);
    expect(wordsHeard(third)).toBe('on weekdays. On Sundays we are closed.');
  });

  it('keeps its longest time', () => {
    const { before, after } = lostAt(7_000);
    if (before.state.call.phase !== 'live' || after.state.call.phase !== 'live') throw new Error('not live');
    expect(after.state.call.endsAtMs).toBe(before.state.call.endsAtMs);
  });
});

describe('recording', () => {
  const states = (call: VirtualCall) => call.commandsOf('setRecording').map(({ data }) => data.state);

  it('runs from the first moment where nobody is to be asked', () => {
    expect(states(new VirtualCall(testSettings({ recording: 'unasked' })).run(100))).toEqual(['on']);
    expect(states(new VirtualCall(testSettings()).run(100))).toEqual([]);
  });

  const asking = testSettings({ recording: 'afterConsent', consentLine: 'May I record this call?' });

  it.each([
    ['yes', ['waiting', 'on'], 'Thank you.'],
    ['yes go ahead', ['waiting', 'on'], 'Thank you.'],
    ["no I'd rather not", ['waiting', 'refused'], 'All right, I am not recording.'],
  ])('asks first, and hears "%s"', (said, phases, line) => {
    const call = new VirtualCall(asking).connect().say(4_000, 4_800, said).run(20_000);
    expect(states(call)).toEqual(phases);
    expect(call.commandsOf('speak').map(({ data }) => data.text)).toEqual([
      'Hello there. How can I help? May I record this call?',
      line,
    ]);
    expect(call.commandsOf('startLlm')).toEqual([]);
  });

  it('waits on where the caller says something else, and answers that', () => {
    const call = new VirtualCall(asking).connect().say(4_000, 5_000, 'when are you open').run(20_000);
    expect(states(call)).toEqual(['waiting']);
    expect(call.commandsOf('startLlm')).toHaveLength(1);
  });

  it('pauses and goes on as asked, and goes on as it was after a loss', () => {
    const call = new VirtualCall(testSettings({ recording: 'unasked' })).connect();
    call.send(3_000, { type: 'recordingRequested', data: { state: 'paused' } }).run(4_000);
    const next = call.lostAndResumed(500).connect(4_700);
    next.send(6_000, { type: 'recordingRequested', data: { state: 'on' } }).run(7_000);
    expect([states(call), states(next)]).toEqual([
      ['on', 'paused'],
      ['paused', 'on'],
    ]);
  });

  it('is not begun over a refusal', () => {
    const call = new VirtualCall(asking).connect().say(4_000, 4_500, 'no');
    call.send(10_000, { type: 'recordingRequested', data: { state: 'on' } }).run(12_000);
    expect(states(call)).toEqual(['waiting', 'refused']);
    expect(call.state.ears[CALLER]).toBeDefined();
  });
});
