import { testSettings } from '@parley/engine/call/testing/call-settings';
import { CALLER, VirtualCall } from '@parley/engine/call/testing/virtual-call';
import { EMPTY_RECORD } from '@parley/engine/record/call-record';
import { foldHeader, foldRecord } from '@parley/engine/record/fold-record';
import { journalOf } from '@parley/engine/record/testing/folded-call';
import { describe, expect, it } from 'vitest';
import { createCallTracer } from './call-tracer.ts';
import type { SpanPlan } from './turn-plan.ts';

const QUESTION = 'what are your prices';

function tracesOf(call: VirtualCall): readonly SpanPlan[] {
  const { header, lines } = journalOf(call.state.settings, call.events);
  const told: SpanPlan[] = [];
  const tracer = createCallTracer((_header, plan) => told.push(plan), header);
  let record = foldHeader(EMPTY_RECORD, header);
  for (const line of lines) {
    record = foldRecord(record, line);
    tracer.seen(record);
  }
  tracer.close();
  tracer.close();
  return told;
}
const connected = () => {
  const call = new VirtualCall(testSettings()).connect();
  return call.send(600, {
    type: 'transportMeasured',
    data: { participantId: CALLER, toEarMs: 80, fromMouthMs: 60 },
  });
};
const names = ({ children }: SpanPlan) => children.map(({ name }) => name);
const lengthMs = ({ startMs, endMs }: SpanPlan) => endMs - startMs;

describe('traces of a call', () => {
  it('are one a turn: what was said, and the stages between, one behind the other', () => {
    const [greeting, turn, ...more] = tracesOf(connected().say(4_000, 5_000, QUESTION).run(20_000));
    expect(greeting && names(greeting)).toEqual(['agent_speech']);
    if (turn === undefined) throw new Error('the question was not traced');
    expect(names(turn)).toEqual([
      'caller_speech',
      'end_of_turn',
      'stt_final',
      'llm_first_token',
      'transport',
      'agent_speech',
    ]);
    const part = (name: string) => {
      const found = turn.children.find((child) => child.name === name);
      if (found === undefined) throw new Error(`no ${name}`);
      return found;
    };
    expect(part('end_of_turn').endMs).toBe(part('llm_first_token').startMs);
    expect(part('transport').startMs).toBe(part('agent_speech').startMs);
    expect(lengthMs(part('transport'))).toBe(140);
    expect(turn.startMs).toBe(part('caller_speech').startMs);
    expect(turn.endMs).toBe(part('agent_speech').endMs);
    expect(turn.attributes['parley.is_answered']).toBe(true);
    expect(more).toEqual([]);
  });

  it('hold no word of what was said', () => {
    const traces = tracesOf(connected().say(4_000, 5_000, QUESTION).run(20_000));
    const text = JSON.stringify(traces);
    expect(traces).toHaveLength(2);
    for (const word of ['prices', 'open', CALLER]) expect(text).not.toContain(word);
  });

  it('tell of a turn that nobody answered, once the call is over', () => {
    const call = new VirtualCall(testSettings(), { answer: () => 'silence' }).connect();
    const traces = tracesOf(call.say(4_000, 5_000, QUESTION).run(6_500));
    expect(traces.at(-1)?.attributes['parley.is_answered']).toBe(false);
    expect(traces.at(-1)?.children.map(({ name }) => name)).toEqual(['caller_speech']);
  });

  it('tell of an answer that was interrupted, with the moment', () => {
    const call = connected().say(4_000, 5_000, QUESTION).say(6_500, 8_500, 'no wait I have another question');
    const traces = tracesOf(call.run(25_000));
    const stopped = traces.filter((trace) => trace.attributes['parley.is_interrupted'] === true);
    expect(stopped).toHaveLength(1);
    expect(stopped[0]?.events.map(({ name }) => name)).toContain('interrupted');
    expect(stopped[0]?.attributes['parley.is_answered']).toBe(true);
    expect(traces.filter((trace) => trace.attributes['parley.is_answered'] === true)).toHaveLength(2);
  });
});
