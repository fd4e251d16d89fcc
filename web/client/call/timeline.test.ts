import type { CallMoment, ToolCallRecord } from '@parley/contracts/call-record';
import { expect, it } from 'vitest';
import { agentSaid, callerSaid } from './testing/recorded-turns.ts';
import { interruptionsOf, timelineOf, withTurn } from './timeline.ts';

const tool: ToolCallRecord = {
  toolCallId: 'tool-1',
  name: 'find_seats',
  argumentsJson: '{}',
  resultJson: null,
  outcome: 'finished',
  startedAtMs: 3_000,
  finishedAtMs: 3_200,
};
const moment = (kind: CallMoment['kind'], atMs: number): CallMoment => ({ kind, atMs, label: kind });
const cut = agentSaid('We are open from', 4_000, { unheard: 'nine to five.' });

it('puts what was said, done and noted in the order of its beginning', () => {
  const entries = timelineOf({
    turns: [agentSaid('Hello', 1_000), callerSaid('Seats?', 2_000), cut],
    toolCalls: [tool],
    moments: [moment('node_entered', 500), moment('agent_lost', 9_000)],
  });
  expect(entries.map(({ kind, atMs }) => `${kind} ${atMs}`)).toEqual([
    'moment 500',
    'turn 1000',
    'turn 2000',
    'tool 3000',
    'turn 4000',
    'moment 9000',
  ]);
});

it('says nothing twice: tools stand for themselves, an interruption with the answer that it cut', () => {
  const moments = [
    moment('tool_started', 3_000),
    moment('tool_finished', 3_200),
    moment('interrupted', 5_200),
  ];
  expect(timelineOf({ turns: [], toolCalls: [], moments })).toEqual([]);
});

it('knows when the agent was interrupted, noted or not', () => {
  expect(interruptionsOf({ turns: [cut], moments: [moment('interrupted', 5_150)] })).toEqual([5_150]);
  expect(interruptionsOf({ turns: [cut, agentSaid('Bye', 8_000)], moments: [] })).toEqual([5_200]);
});

it('takes a turn that is told anew in place of what it was', () => {
  const first = callerSaid('Two tick', 2_000, { turnId: 'turn-1' });
  const whole = callerSaid('Two tickets please', 2_000, { turnId: 'turn-1' });
  const later = agentSaid('Sure', 3_000);
  expect(withTurn([first, later], whole)).toEqual([whole, later]);
  expect(withTurn([later], whole)).toEqual([whole, later]);
});
