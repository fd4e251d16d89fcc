import { turnSettingsSchema } from '@parley/contracts/agent-definition';
import { toolCallIdSchema } from '@parley/contracts/ids';
import { pipelineSettingsSchema } from '@parley/contracts/pipeline-settings';
import { describe, expect, it } from 'vitest';
import type { CallSettings } from './settings.ts';
import { testSettings } from './testing/call-settings.ts';
import { VirtualCall, type VirtualStages } from './testing/virtual-call.ts';

const connected = (change: Partial<CallSettings> = {}, stages: Partial<VirtualStages> = {}) =>
  new VirtualCall(testSettings(change), stages).connect();
const turn = (change: Parameters<typeof turnSettingsSchema.parse>[0] & object) =>
  turnSettingsSchema.parse(change);
const pipeline = (change: object) =>
  pipelineSettingsSchema.parse({ idle: [], speculation: { enabled: false }, ...change });
const turnsOf = (call: VirtualCall) => call.commandsOf('recordTurn').map(({ data }) => data.text);
const spokenBy = (call: VirtualCall) => call.commandsOf('speak').map(({ data }) => data.text);
const tool = (id: string, isCancellable = false) => ({
  toolCallId: toolCallIdSchema.parse(id),
  isCancellable,
});

/** Speaks for long: 60 words of 200 ms. */
const LONG = { answer: () => Array.from({ length: 60 }, (_, index) => `word${index}`).join(' ') };

describe('false holds', () => {
  it('make the next one wait for 500 ms of speech, and the fourth for words', () => {
    const call = connected({}, LONG).say(2_000, 2_600, 'tell me all');
    for (const atMs of [4_000, 6_000, 8_000, 10_000]) call.say(atMs, atMs + 700, null);
    call.run(12_000);
    const held = call.commandsOf('holdPlayout').map(({ atMs }) => atMs);
    expect(held).toEqual([4_064, 6_500, 8_500]);
    call.say(12_100, 13_500, 'no that is wrong').run(20_000);
    expect(call.commandsOf('abortReply')).toHaveLength(1);
  });

  it('are forgotten after 5 s', () => {
    const call = connected({}, LONG).say(2_000, 2_600, 'tell me all').say(4_000, 4_400, null);
    call.say(11_000, 11_400, null).run(13_000);
    expect(call.commandsOf('holdPlayout').map(({ atMs }) => atMs)).toEqual([4_064, 11_064]);
  });
});

describe('the end-of-turn model', () => {
  const scored = (score: VirtualStages['score'], scoreMs = 30) =>
    connected({ scoresEndOfTurn: true }, { score, scoreMs }).say(2_000, 3_000, 'what are your prices');

  it('ends a turn that is surely over at 200 ms of silence', () => {
    expect(
      scored(() => 0.9)
        .run(9_000)
        .commandsOf('recordTurn')[0]?.atMs,
    ).toBe(3_220);
  });

  it('leaves an unsure one to the fixed wait', () => {
    expect(
      scored(() => 0.5)
        .run(9_000)
        .commandsOf('recordTurn')[0]?.atMs,
    ).toBe(3_500);
  });

  it('waits for who has not finished, and is asked once a pause', () => {
    const call = scored(() => 0.1).run(9_000);
    expect(call.commandsOf('scoreEndOfTurn')).toMatchObject([{ atMs: 3_096 }]);
    expect(call.commandsOf('recordTurn')[0]?.atMs).toBe(4_500);
  });

  it('hears the next turn apart, also from a cough that is no turn', () => {
    const call = scored(() => 0.5)
      .say(8_000, 8_300, null)
      .run(12_000);
    expect(call.commandsOf('endScoredTurn')).toHaveLength(2);
    expect(call.commandsOf('recordTurn')).toHaveLength(1);
  });

  it('that answers late holds up nothing', () => {
    expect(
      scored(() => 0.1, 5_000)
        .run(9_000)
        .commandsOf('recordTurn')[0]?.atMs,
    ).toBe(3_500);
  });

  it('is not asked where there is none', () => {
    const call = connected().say(2_000, 3_000, 'what are your prices').run(9_000);
    expect(call.commandsOf('scoreEndOfTurn')).toEqual([]);
  });
});

describe('who is asked for digits', () => {
  it('may pause between the groups', () => {
    const call = connected();
    call.send(1_600, {
      type: 'nodeEntered',
      data: { node: 'number', mutesUser: false, asksFor: 'digits', allowsSpeculation: true },
    });
    call.say(2_000, 2_800, 'zero one seven').say(4_000, 4_800, 'five five five').run(9_000);
    expect(turnsOf(call)).toHaveLength(1);
  });
});

describe('while a tool runs', () => {
  it('the caller is muted, and what is said is dropped', () => {
    const call = connected({}, LONG).say(2_000, 2_600, 'book a table');
    call.send(3_500, { type: 'toolStarted', data: tool('a') });
    call.say(4_000, 5_000, 'and what about sundays');
    call.send(6_500, { type: 'toolFinished', data: { toolCallId: tool('a').toolCallId } });
    call.say(7_000, 8_000, 'no stop it please').run(20_000);
    expect(call.commandsOf('abortReply').map(({ atMs }) => atMs > 7_000)).toEqual([true]);
    expect(turnsOf(call)).toEqual(['book a table', 'no stop it please']);
    expect(call.commandsOf('setVoiceState').map(({ data }) => data.isInterruptible)).toEqual(
      expect.arrayContaining([true, false]),
    );
  });

  it('one that may be called off hears the words that do', () => {
    const call = connected().say(2_000, 2_600, 'book a table');
    call.send(6_000, { type: 'toolStarted', data: tool('a', true) });
    call.say(6_500, 7_500, 'no never mind').say(9_000, 9_500, 'the weather is nice').run(30_000);
    expect(turnsOf(call)).toEqual(['book a table', 'no never mind']);
  });

  it('one that never ends mutes nobody for ever', () => {
    const call = connected().send(2_000, { type: 'toolStarted', data: tool('a') });
    call.say(70_000, 71_000, 'is anybody there').run(80_000);
    expect(turnsOf(call)).toEqual(['is anybody there']);
  });
});

describe('a node', () => {
  it('that mutes the caller drops words', () => {
    const call = connected();
    call.send(1_600, {
      type: 'nodeEntered',
      data: { node: 'notice', mutesUser: true, asksFor: 'anything', allowsSpeculation: true },
    });
    call.say(2_000, 3_000, 'what are your prices').run(9_000);
    expect(turnsOf(call)).toEqual([]);
  });

  it('that asks yes or no takes "yes" over the agent for an answer, and never "mm-hmm"', () => {
    for (const [said, isCut] of [
      ['yes', true],
      ['mm-hmm', false],
    ] as const) {
      const call = connected({}, LONG).say(2_000, 2_600, 'tell me all');
      call.send(3_300, {
        type: 'nodeEntered',
        data: { node: 'confirm', mutesUser: false, asksFor: 'yesNo', allowsSpeculation: true },
      });
      call.say(4_500, 5_000, said).run(9_000);
      expect(call.commandsOf('abortReply')).toHaveLength(isCut ? 1 : 0);
    }
  });
});

describe('flow mode', () => {
  it('is interrupted by any word that is no acknowledgement', () => {
    const flow = { turn: turn({ mode: 'flow' }) };
    const said = (words: string, change: Partial<CallSettings>) =>
      connected(change, LONG).say(2_000, 2_600, 'tell me all').say(4_500, 5_000, words).run(9_000);
    expect(said('tuesday', flow).commandsOf('abortReply')).toHaveLength(1);
    expect(said('okay', flow).commandsOf('abortReply')).toEqual([]);
    expect(said('tuesday', {}).commandsOf('abortReply')).toEqual([]);
  });
});

describe('half-duplex that keeps words', () => {
  it('answers them after the agent has spoken', () => {
    const keeps = { turn: turn({ allowInterruptions: false, whileAgentSpeaks: 'keep' }) };
    const call = connected(keeps).say(2_000, 2_600, 'tell me all');
    call.say(3_500, 4_000, 'and on sundays too').run(20_000);
    expect(call.commandsOf('holdPlayout')).toEqual([]);
    expect(call.commandsOf('abortReply')).toEqual([]);
    expect(turnsOf(call)).toEqual(['tell me all', 'and on sundays too']);
  });
});

describe('a recogniser that gives no sign of speech', () => {
  it('is opened anew once, and the words are not lost', () => {
    const call = connected({ reopensDeafStt: true }, { isDeaf: true });
    call.say(2_000, 3_000, 'what are your prices').run(20_000);
    expect(call.commandsOf('reopenStt')).toHaveLength(1);
    expect(turnsOf(call)).toEqual(['what are your prices']);
  });

  it('is left alone for a cough', () => {
    const call = connected({ reopensDeafStt: true }, { isDeaf: true });
    call.say(2_000, 2_400, null).run(20_000);
    expect(call.commandsOf('reopenStt')).toEqual([]);
  });
});

describe('the agent that hears itself', () => {
  it('does not interrupt itself, nor answer itself', () => {
    // A question, so that any words would take the floor; the loudspeaker is heard until the agent falls silent for it.
    const answer = () => 'Shall we go on with the booking for tomorrow?';
    const said = (words: string) =>
      connected({}, { answer }).say(2_000, 2_600, 'book a table').say(3_700, 4_100, words).run(20_000);
    const echoed = said('shall we');
    expect(echoed.commandsOf('holdPlayout')).toHaveLength(1);
    expect(echoed.commandsOf('abortReply')).toEqual([]);
    expect(turnsOf(echoed)).toEqual(['book a table']);
    expect(echoed.state.counts.echoes).toBe(1);
    expect(turnsOf(said('no thanks'))).toEqual(['book a table', 'no thanks']);
  });

  it('takes the words of its own question for an answer where they are said after it', () => {
    const answer = () => 'Which is the largest, the Atlantic, the Indian, or the Pacific?';
    const call = connected({}, { answer }).say(2_000, 2_600, 'begin').say(6_200, 6_900, 'the Pacific');
    call.run(20_000);
    expect(turnsOf(call)).toEqual(['begin', 'the Pacific']);
    expect(call.state.counts.echoes).toBe(0);
  });

  it('hears an answer of one word that it has just said itself, where it asks', () => {
    const answer = () => 'Would you like Monday or Tuesday or Wednesday then?';
    const call = connected({}, { answer }).say(2_000, 2_600, 'book a table').say(4_650, 5_000, 'tuesday');
    expect(turnsOf(call.run(20_000))).toEqual(['book a table', 'tuesday']);
  });

  it('hears who speaks other words at the same time', () => {
    const answer = () => 'We are open from nine to five on every day of the week and closed on holidays';
    const call = connected({}, { answer }).say(2_000, 2_600, 'when are you open');
    call.say(4_000, 5_600, 'I want to speak to somebody').run(20_000);
    expect(turnsOf(call)).toEqual(['when are you open', 'I want to speak to somebody']);
  });
});

describe('a caller who speaks for too long', () => {
  it('is answered at the limit of words', () => {
    const call = connected({ pipeline: pipeline({ userTurnLimit: { words: 10 } }) });
    const words = Array.from({ length: 40 }, (_, index) => `w${index}`).join(' ');
    call.say(2_000, 14_000, words).run(6_500);
    expect(call.commandsOf('recordTurn')).toHaveLength(1);
    expect(call.commandsOf('startLlm')).toHaveLength(1);
  });

  it('is answered at the limit of time', () => {
    const call = connected({ pipeline: pipeline({ userTurnLimit: { ms: 5_000 } }) });
    const words = Array.from({ length: 40 }, (_, index) => `w${index}`).join(' ');
    call.say(2_000, 14_000, words).run(8_000);
    expect(call.commandsOf('recordTurn')[0]?.atMs).toBeGreaterThanOrEqual(7_000);
  });

  it('leaves nothing of what they went on to say in the recogniser for the next turn', () => {
    const call = connected({ pipeline: pipeline({ userTurnLimit: { ms: 5_000 } }) });
    const words = Array.from({ length: 40 }, (_, index) => `w${index}`).join(' ');
    call.say(2_000, 14_000, words).say(30_000, 31_000, 'when are you open').run(40_000);
    expect(call.commandsOf('finalizeStt').filter(({ atMs }) => atMs < 30_000)).toHaveLength(2);
    expect(turnsOf(call).at(-1)).toBe('when are you open');
  });
});

describe('the agent heard through a loudspeaker by a recogniser that rejects what it does not know', () => {
  it('is taken for a turn once at the most', () => {
    const call = connected({ givesInterims: false }).say(2_000, 3_000, '!static on the line');
    call.say(4_200, 5_000, '!we are open from nine').run(60_000);
    expect(call.commandsOf('recordTurn')).toHaveLength(1);
    expect(call.commandsOf('closeCaption').map(({ data }) => data.isInterrupted)).toEqual([false, false]);
    expect(call.state.counts.echoes).toBe(1);
    call.say(61_000, 62_000, 'when do you close').run(70_000);
    expect(turnsOf(call).at(-1)).toBe('when do you close');
  });

  it('leaves a caller who is not understood twice in silence their turn', () => {
    const call = connected({ givesInterims: false });
    call.say(2_000, 3_000, '!the weather').say(12_000, 13_000, '!the weather').run(30_000);
    expect(call.commandsOf('recordTurn')).toHaveLength(2);
  });
});

describe('silence', () => {
  const asking = { pipeline: pipelineSettingsSchema.parse({}) };

  it('is asked about at 25 s and ends the call at 50 s, counted from the end of the last reply', () => {
    const call = connected(asking).run(120_000);
    expect(spokenBy(call).slice(1)).toEqual([
      'Are you still there?',
      'I cannot hear you, so I will hang up now. Goodbye.',
    ]);
    const [greetingAtMs, checkAtMs, goodbyeAtMs] = call.commandsOf('speak').map(({ atMs }) => atMs);
    const greetingEndMs = (greetingAtMs ?? 0) + 50 + 6 * 200;
    expect(checkAtMs).toBe(greetingEndMs + 25_000);
    // The check, 50 ms and four words, pauses the count.
    expect(goodbyeAtMs).toBe(greetingEndMs + 50_000 + 850);
    expect(call.commandsOf('endCall')).toMatchObject([{ data: { reason: 'agent_ended' } }]);
  });

  it('is over with a word, and not with a noise', () => {
    const call = connected(asking).say(10_000, 11_000, null).say(40_000, 41_000, 'yes I am here').run(60_000);
    expect(call.commandsOf('speak').find(({ data }) => data.text.includes('still there'))?.atMs).toBeLessThan(
      27_000,
    );
    expect(call.commandsOf('endCall')).toEqual([]);
  });

  it('does not count while a tool runs', () => {
    const call = connected(asking).send(5_000, { type: 'toolStarted', data: tool('a') });
    call.run(50_000);
    expect(spokenBy(call)).toHaveLength(1);
  });

  it('speaks the language and the words of the agent', () => {
    expect(spokenBy(connected({ ...asking, language: 'de' }).run(30_000))[1]).toBe('Sind Sie noch da?');
    const own = { pipeline: pipelineSettingsSchema.parse({ idle: [{ afterMs: 3_000, say: 'Hello?' }] }) };
    expect(spokenBy(connected(own).run(60_000)).slice(1)).toEqual(['Hello?']);
  });

  it('goodbye that the caller interrupts does not end the call', () => {
    const call = connected(asking).say(53_000, 54_500, 'no wait I am here').run(70_000);
    expect(call.commandsOf('endCall')).toEqual([]);
    expect(turnsOf(call)).toEqual(['no wait I am here']);
  });
});
