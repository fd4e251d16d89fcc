import { turnSettingsSchema } from '@parley/contracts/agent-definition';
import { describe, expect, it } from 'vitest';
import type { CallSettings } from '../call/settings.ts';
import { testSettings } from '../call/testing/call-settings.ts';
import { VirtualCall } from '../call/testing/virtual-call.ts';
import { describeReplay } from './describe-replay.ts';
import { readJournal, type StoredCall } from './read-journal.ts';
import { replayCall } from './replay-call.ts';
import { headerOf, journalLines } from './testing/journal-text.ts';

/** The caller asks, speaks over the answer, and asks again. */
function talk(settings: CallSettings = testSettings()): VirtualCall {
  return new VirtualCall(settings, {
    answer: () => 'We are open from nine to five. On Sunday we are closed.',
  })
    .connect()
    .say(3_000, 4_000, 'what are your prices')
    .say(5_200, 6_200, 'and on friday then')
    .run(20_000);
}

const lines = journalLines(testSettings(), talk().events);

function callOf(text: string): StoredCall {
  const read = readJournal(text);
  if (read.kind === 'faulty') throw new Error(`line ${read.lineNumber} ${read.why}`);
  return read.call;
}

/** The same journal with another header. */
function withHeader(change: object): string {
  return [JSON.stringify({ ...headerOf(testSettings()), ...change }), ...lines.slice(1)].join('\n');
}

describe('a replay', () => {
  it('gives the same commands from the same settings and events', () => {
    const replay = replayCall(callOf(`${lines.join('\n')}\n`));
    expect(replay).toMatchObject({ outcome: { kind: 'same' }, unknownEvents: {}, earlyWakes: [] });
    expect(replay.events + replay.commands).toBe(lines.length - 1);
    expect(replay.commands).toBeGreaterThan(20);
  });

  it('finds a changed policy at the event where it first decides otherwise', () => {
    const turn = turnSettingsSchema.parse({ minWords: 1 });
    const call = callOf(withHeader({ settings: testSettings({ turn }) }));
    const { outcome } = replayCall(call);
    if (outcome.kind === 'same') throw new Error('nothing differs');
    // One word is enough now: the agent stops at the first of the four.
    expect(outcome.step).toMatchObject({ type: 'transcriptChanged', event: { data: { text: 'and' } } });
    expect(outcome.step.commands.map(({ type }) => type)).not.toContain('clearPlayout');
    expect(outcome.now.map(({ type }) => type)).toContain('clearPlayout');
    const words = describeReplay(call, replayCall(call));
    expect(words).toContain(`different at seq ${outcome.step.seq}, 5.600 s, transcriptChanged`);
    expect(words).toMatch(/!.*clearPlayout/);
    expect(words).toMatch(/caller-1 is listening and speaking/);
  });

  it('names the value that differs within a command', () => {
    const call = callOf(withHeader({ settings: testSettings({ greeting: 'Good day.' }) }));
    const { outcome } = replayCall(call);
    expect(outcome).toMatchObject({ kind: 'different', step: { atMs: 0 } });
    expect(describeReplay(call, replayCall(call))).toContain('is now "Good day."');
  });

  it('says that the engine is of another version, and compares all the same', () => {
    const call = callOf(withHeader({ engineVersion: '0.9' }));
    const replay = replayCall(call);
    expect(replay.outcome).toEqual({ kind: 'same' });
    expect(describeReplay(call, replay)).toMatch(/other engine version: the journal is of engine 0\.9/);
  });

  it('passes over events that it does not know, counts them, and does not judge their commands', () => {
    const { callId, seat, generation } = headerOf(testSettings());
    const identity = { v: 1, callId, seat, generation, atMs: 60_000 };
    const seq = lines.length - 1;
    const added = [
      { line: 'event', ...identity, seq, type: 'moonRose', data: { phase: 'full' } },
      { line: 'command', ...identity, seq: seq + 1, type: 'howl', data: {} },
    ].map((line) => JSON.stringify(line));
    const call = callOf([...lines, ...added].join('\n'));
    const replay = replayCall(call);
    expect(replay).toMatchObject({ outcome: { kind: 'same' }, unknownEvents: { moonRose: 1 } });
    expect(describeReplay(call, replay)).toContain('1 moonRose');
  });

  it('reports a wake that came before the reducer asked for it', () => {
    const early = [...talk().events, { type: 'woke', atMs: 20_100, data: {} } as const];
    const call = callOf(journalLines(testSettings(), early).join('\n'));
    const replay = replayCall(call);
    expect(replay.outcome.kind).toBe('same');
    expect(replay.earlyWakes).toMatchObject([{ atMs: 20_100 }]);
    expect(describeReplay(call, replay)).toContain('fault of the driver: 1 wakes came early');
  });

  it('is the same however far a killed process had written', () => {
    const text = `${lines.join('\n')}\n`;
    const header = (lines[0] ?? '').length + 1;
    for (let length = header; length < text.length; length += 397) {
      const cut = text.slice(0, length);
      const call = callOf(cut);
      const isWhole = cut.endsWith('\n') || text[length] === '\n';
      expect(call.isCut).toBe(!isWhole);
      if (isWhole) continue;
      expect(replayCall(call).outcome.kind).toBe('same');
    }
  });
});
