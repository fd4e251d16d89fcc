import { journalLineSchema } from '@parley/contracts/call-event';
import { toolCallIdSchema } from '@parley/contracts/ids';
import { describe, expect, it } from 'vitest';
import { testSettings } from '../call/testing/call-settings.ts';
import { CALLER, VirtualCall } from '../call/testing/virtual-call.ts';
import { EMPTY_RECORD } from './call-record.ts';
import { endRecord, foldHeader, foldRecord } from './fold-record.ts';
import { callRecordOf } from './recorded-call.ts';
import { fold, journalOf, read, recordOf } from './testing/folded-call.ts';

const settings = testSettings();
const STARTED_AT_EPOCH_MS = journalOf(settings, []).header.startedAtEpochMs;
const readCall = (call: VirtualCall) => read(recordOf(call));
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

describe('beside what was said', () => {
  it('usage is summed by stage, and unknown where nobody counted', () => {
    const llm = { stage: 'llm', provider: 'p', model: 'm' } as const;
    const nothing = {
      audioMs: null,
      characters: null,
      inputTokens: null,
      cachedInputTokens: null,
      outputTokens: null,
      costUsd: null,
    };
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
      byModel: [
        { ...nothing, ...llm, inputTokens: 220, outputTokens: 7 },
        { ...nothing, ...llm, stage: 'tts', characters: 28 },
      ],
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
