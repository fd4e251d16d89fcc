import { type CallEvent, journalLineSchema } from '@parley/contracts/call-event';
import { toolCallIdSchema } from '@parley/contracts/ids';
import { pipelineSettingsSchema } from '@parley/contracts/pipeline-settings';
import { describe, expect, it } from 'vitest';
import { testSettings } from '../call/testing/call-settings.ts';
import { CALLER, VirtualCall } from '../call/testing/virtual-call.ts';
import { EMPTY_RECORD } from './call-record.ts';
import { endRecord, foldHeader, foldRecord } from './fold-record.ts';
import { callRecordOf } from './recorded-call.ts';
import { fold, journalOf, read } from './testing/folded-call.ts';

const settings = testSettings();
const STARTED_AT_EPOCH_MS = journalOf(settings, []).header.startedAtEpochMs;
const recordOf = (call: VirtualCall) => fold([journalOf(call.state.settings, call.events)]);
const readCall = (call: VirtualCall) => read(recordOf(call));
const agentTurns = (call: VirtualCall) => readCall(call).turns.filter((turn) => turn.role === 'agent');
const callerTurns = (call: VirtualCall) => readCall(call).turns.filter((turn) => turn.role === 'caller');
const connected = () => new VirtualCall(settings).connect(500);
const asked = () => connected().say(4_000, 5_000, 'what are your prices');

describe('the facts of a call', () => {
  it('tell that nobody has come yet', () => {
    expect(readCall(new VirtualCall(settings).run(400)).facts).toMatchObject({
      state: 'waiting',
      caller: null,
      answeredAtMs: null,
      durationMs: null,
    });
  });

  it('tell who called and when the agent first spoke', () => {
    expect(readCall(connected().run(1_000)).facts).toMatchObject({
      state: 'active',
      channel: 'web',
      caller: 'Ann',
      createdAtMs: STARTED_AT_EPOCH_MS,
      answeredAtMs: STARTED_AT_EPOCH_MS + 500,
      endedAtMs: null,
    });
  });

  it('tell when the call ended and why', () => {
    const left = { participantId: CALLER, reason: 'left' } as const;
    const call = connected().send(9_000, { type: 'participantLeft', data: left }).run(9_500);
    expect(readCall(call).facts).toMatchObject({
      state: 'ended',
      endReason: 'caller_left',
      endedAtMs: STARTED_AT_EPOCH_MS + 9_000,
      durationMs: 8_500,
      turnCount: 1,
    });
  });

  it('name a caller by phone by the identity where there is no name', () => {
    const call = new VirtualCall(settings)
      .send(100, { type: 'participantJoined', data: { participantId: CALLER, kind: 'sip', name: '' } })
      .run(200);
    expect(readCall(call).facts).toMatchObject({ channel: 'phone', caller: CALLER });
  });

  it('are in whole ms, whatever the clock of the agent tells', () => {
    const { header, lines } = journalOf(settings, asked().run(20_000).events);
    const fine = lines.map((line) => ({ ...line, atMs: line.atMs + 0.3 }));
    const start = { ...header, startedAtEpochMs: header.startedAtEpochMs - 0.4 };
    expect(read(fold([{ header: start, lines: fine }]))).toEqual(read(fold([{ header, lines }])));
  });

  it('are unknown before the header', () => {
    expect(callRecordOf(EMPTY_RECORD)).toBeNull();
  });
});

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
    const call = new VirtualCall(settings).connect().say(100, 300, 'I have a question').run(20_000);
    const { turns } = readCall(call);
    expect(turns.map(({ role }) => role)).toEqual(['agent', 'caller', 'agent']);
    expect(turns[1]).toMatchObject({ text: 'I have a question', startedAtMs: 132, endedAtMs: 300 });
    // The agent's own voice was what it waited for.
    expect(turns[2]).toMatchObject({ answers: 't1.1', latency: { endOfTurnMs: null, llmFirstTokenMs: 50 } });
  });

  it('is joined of what was kept and what was said after it, each at its own time', () => {
    const call = new VirtualCall(settings)
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
    const call = new VirtualCall(settings).connect().send(80, { type: 'preConnectHeard', data }).run(20_000);
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
    const call = new VirtualCall(settings, SLOW).connect().say(4_000, 5_000, 'what are your prices');
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

describe('beside what was said', () => {
  it('usage is summed by stage, and unknown where nobody counted', () => {
    const llm = { stage: 'llm', provider: 'p', model: 'm' } as const;
    const call = connected()
      .send(2_000, { type: 'usageCounted', data: { ...llm, inputTokens: 100, outputTokens: 7 } })
      .send(3_000, { type: 'usageCounted', data: { ...llm, inputTokens: 120 } })
      .send(3_000, { type: 'usageCounted', data: { ...llm, stage: 'tts', characters: 28 } });
    expect(readCall(call.run(4_000)).usage).toEqual({
      sttAudioMs: null,
      llmInputTokens: 220,
      llmOutputTokens: 7,
      ttsCharacters: 28,
      speculations: 0,
      usedSpeculations: 0,
    });
  });

  it('tools, nodes, the recording and failed stages stand at their time', () => {
    const toolCallId = toolCallIdSchema.parse('c1');
    const replyId = asked().run(5_540).commandsOf('startLlm')[0]?.data.replyId;
    if (replyId === undefined) throw new Error('nothing was asked of the model');
    const called = { replyId, toolCallId, name: 'book', argumentsJson: '{"day":"monday"}' };
    const goTo = { ...called, toolCallId: toolCallIdSchema.parse('c2'), name: 'go_to_step' };
    const call = asked()
      .send(5_510, { type: 'llmToolCalled', data: called })
      .send(5_520, { type: 'toolStarted', data: { toolCallId, isCancellable: false } })
      .send(5_530, { type: 'llmToolCalled', data: { ...goTo, argumentsJson: '{"step":"pay"}' } })
      .send(5_540, { type: 'llmToolCalled', data: { ...goTo, argumentsJson: 'pay' } })
      .send(5_700, { type: 'toolFinished', data: { toolCallId } })
      .send(6_000, { type: 'recordingIncomplete', data: { cause: 'disk_full', message: '/data is full' } })
      .send(6_100, { type: 'sttFailed', data: { participantId: CALLER, code: 'timeout', message: '' } });
    const { moments, toolCalls } = readCall(call.run(20_000));
    expect(moments).toEqual([
      { atMs: 5_520, kind: 'tool_started', label: 'book' },
      { atMs: 5_530, kind: 'node_entered', label: 'pay' },
      { atMs: 5_700, kind: 'tool_finished', label: 'book' },
      { atMs: 6_000, kind: 'recording_incomplete', label: 'disk full' },
      { atMs: 6_100, kind: 'stage_failed', label: 'stt' },
    ]);
    expect(toolCalls).toMatchObject([
      {
        name: 'book',
        argumentsJson: '{"day":"monday"}',
        outcome: 'finished',
        startedAtMs: 5_520,
        finishedAtMs: 5_700,
      },
      { name: 'go_to_step', outcome: 'finished', startedAtMs: 5_530 },
      { name: 'go_to_step', outcome: 'failed', startedAtMs: 5_540 },
    ]);
  });

  it('a pause of the recording is noted from its beginning to its end', () => {
    const call = new VirtualCall(testSettings({ recording: 'unasked' })).connect();
    call.send(3_000, { type: 'recordingRequested', data: { state: 'paused' } });
    call.send(5_000, { type: 'recordingRequested', data: { state: 'on' } });
    expect(readCall(call.run(6_000)).moments).toEqual([
      { atMs: 3_000, kind: 'recording_paused', label: '' },
      { atMs: 5_000, kind: 'recording_resumed', label: '' },
    ]);
  });

  it('a tool of which the end of the call leaves no word is in doubt', () => {
    const toolCallId = toolCallIdSchema.parse('c1');
    const call = connected()
      .send(2_000, { type: 'toolStarted', data: { toolCallId, isCancellable: false } })
      .send(3_000, { type: 'endRequested', data: { reason: 'room_closed' } });
    expect(readCall(call.run(4_000)).toolCalls).toMatchObject([{ outcome: 'in_doubt', finishedAtMs: null }]);
  });
});

describe('lines that are odd', () => {
  const journal = journalOf(settings, asked().run(20_000).events);
  const whole = fold([journal]);
  const [first] = journal.lines;
  if (first === undefined) throw new Error('the journal is empty');

  it.each([
    ['an event of another version', { type: 'unheardOf', data: { what: 1 } }],
    ['data that are not of their type', { type: 'recordTurn', line: 'command', data: { text: 7 } }],
    ['no data', { type: 'participantJoined', data: null }],
    ['a type that is a name of every object', { type: 'constructor' }],
    ['a reply that nobody opened', { type: 'playoutStarted', data: { replyId: 'r9.9', segmentId: 's' } }],
  ])('%s change nothing that can be read', (_name, change) => {
    const line = journalLineSchema.parse({ ...first, ...change, seq: whole.nextSeq, atMs: whole.lastAtMs });
    expect(read(foldRecord(whole, line))).toEqual(read(whole));
  });

  it('are not taken twice, from another seat, of another generation or without their header', () => {
    const seat = journalLineSchema.parse({ ...first, seat: 'second', seq: whole.nextSeq });
    const generation = journalLineSchema.parse({ ...first, generation: 2, seq: whole.nextSeq });
    for (const line of [...journal.lines, seat, generation]) expect(foldRecord(whole, line)).toBe(whole);
    expect(foldRecord(EMPTY_RECORD, first)).toBe(EMPTY_RECORD);
    expect(foldHeader(whole, journal.header)).toBe(whole);
  });
});

describe('a call whose last process died', () => {
  it('ends as the server says, with what was heard', () => {
    const ended = endRecord(recordOf(asked().run(6_500)), { atMs: 26_500, reason: 'agent_lost' });
    const { facts, turns, moments } = read(ended);
    expect(facts).toMatchObject({
      state: 'ended',
      endReason: 'agent_lost',
      endedAtMs: STARTED_AT_EPOCH_MS + 26_500,
    });
    expect(turns.at(-1)).toMatchObject({
      endedAtMs: 6_400,
      unheard: expect.stringMatching(/Anything else\?$/),
    });
    expect(moments).toEqual([{ atMs: 6_400, kind: 'agent_lost', label: 'process 1' }]);
    expect(endRecord(ended, { atMs: 30_000, reason: 'room_closed' })).toBe(ended);
  });
});
