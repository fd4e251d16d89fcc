import { callSummarySchema } from '@parley/contracts/call-record';
import { callListRequestSchema } from '@parley/contracts/calls-api';
import { describe, expect, it } from 'vitest';
import { apiQueryOf, choiceOf, everyCall, fits, queryOf } from './call-choice.ts';

const call = callSummarySchema.parse({
  callId: 'RM_1',
  state: 'ended',
  channel: 'web',
  direction: 'inbound',
  agent: 'front-desk',
  agentVersion: null,
  roomName: 'call-1',
  caller: 'Ada Lovelace',
  createdAtMs: new Date(2026, 10, 21, 23, 59).getTime(),
  answeredAtMs: null,
  endedAtMs: null,
  durationMs: null,
  endReason: 'caller_left',
  turnCount: 0,
  latency: { voiceToVoiceP50Ms: null, voiceToVoiceP95Ms: null, answers: 0 },
  usage: {
    sttAudioMs: null,
    llmInputTokens: null,
    llmOutputTokens: null,
    ttsCharacters: null,
    speculations: 0,
    usedSpeculations: 0,
    byModel: [],
  },
  costUsd: null,
  tags: [],
  recording: 'none',
  recordingPath: null,
  continuesCallId: null,
});

describe('a choice of calls', () => {
  it('stands in the address and comes back from it', () => {
    const choice = {
      ...everyCall,
      q: 'two tickets & more',
      state: 'ended',
      endReason: 'caller_left',
      from: '2026-11-01',
      to: '2026-11-21',
    } as const;
    expect(choiceOf(queryOf(choice))).toEqual(choice);
    expect(queryOf(everyCall)).toBe('');
  });

  it('passes over what makes no sense in an address', () => {
    expect(choiceOf('?state=asleep&channel=&from=2026-02-31&to=soon&endReason=boredom&colour=red')).toEqual(
      everyCall,
    );
  });

  it('is a request that the API takes, its last day included', () => {
    const query = apiQueryOf({ ...everyCall, agent: 'front-desk', from: '2026-11-20', to: '2026-11-21' });
    const asked = callListRequestSchema.parse(Object.fromEntries(query));
    expect(asked).toMatchObject({
      agent: 'front-desk',
      from: new Date(2026, 10, 20).getTime(),
      to: new Date(2026, 10, 22).getTime(),
    });
  });

  it.each([
    [{}, true],
    [{ agent: 'front-desk', caller: 'love', state: 'ended' }, true],
    [{ from: '2026-11-21', to: '2026-11-21' }, true],
    [{ to: '2026-11-20' }, false],
    [{ channel: 'phone' }, false],
    [{ endReason: 'agent_lost' }, false],
    [{ q: 'tickets' }, null],
    [{ q: 'tickets', agent: 'other' }, false],
  ] as const)('tells of a call that came up whether it fits %j', (part, does) => {
    expect(fits(call, { ...everyCall, ...part })).toBe(does);
  });
});
