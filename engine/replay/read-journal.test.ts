import { describe, expect, it } from 'vitest';
import { testSettings } from '../call/testing/call-settings.ts';
import { VirtualCall } from '../call/testing/virtual-call.ts';
import { readJournal } from './read-journal.ts';
import { headerOf, journalLines } from './testing/journal-text.ts';

const lines = journalLines(testSettings(), new VirtualCall(testSettings()).connect().run(3_000).events);
const header = headerOf(testSettings());

/** The journal with one line replaced; lines count from 1. */
function withLine(lineNumber: number, text: string): string {
  return lines.map((line, index) => (index === lineNumber - 1 ? text : line)).join('\n');
}

/** The journal with values of one line changed. */
function withValues(lineNumber: number, change: object): string {
  return withLine(lineNumber, JSON.stringify({ ...JSON.parse(lines[lineNumber - 1] ?? ''), ...change }));
}

/** Its line's number. */
const secondEvent = lines.findIndex((line, index) => index > 1 && line.includes('"line":"event"')) + 1;
const { greeting: _greeting, ...withoutGreeting } = testSettings();
const { pipeline: _pipeline, ...withoutPipeline } = testSettings();

describe('a text that is no journal', () => {
  it.each([
    ['nothing', '', 1, /is not the header of a journal/],
    ['prose', 'Dear diary,\ntoday\n', 1, /is not the header of a journal/],
    ['JSON of something else', '{"name":"parley"}\n', 1, /is not the header of a journal/],
    ['a journal without its header', lines.slice(1).join('\n'), 1, /is not the header of a journal/],
    ['a journal of another version', withValues(1, { v: 2 }), 1, /is a journal of version 2, and this reads/],
    ['a header without its seat', withValues(1, { seat: undefined }), 1, /faulty header: seat:/],
    [
      'settings that lack one',
      withValues(1, { settings: withoutGreeting }),
      1,
      /cannot start from: greeting:/,
    ],
    ['a broken line', withLine(4, '{"line":"event","v"'), 4, /is not JSON/],
    ['a second header', withLine(3, JSON.stringify(header)), 3, /is neither an event nor a command/],
    ['a line of another call', withValues(3, { callId: 'RM_other' }), 3, /is of callId RM_other/],
    ['a missing line', lines.toSpliced(3, 1).join('\n'), 4, /has seq 3 where 2 comes next/],
    [
      'a command first',
      withValues(2, { line: 'command', type: 'endCall' }),
      2,
      /is a command before any event/,
    ],
    [
      'an event with faulty data',
      withValues(2, { type: 'chatReceived' }),
      2,
      /is a chatReceived with faulty data/,
    ],
    ['an instant that is none', withValues(2, { atMs: null }), 2, /atMs:/],
    [
      'time that goes back',
      withValues(2, { atMs: 5_000 }),
      secondEvent,
      /goes back in time: 0 ms after 5000 ms/,
    ],
  ])('%s is told with its line', (_name, text, lineNumber, why) => {
    const read = readJournal(text);
    if (read.kind !== 'faulty') throw new Error('was read');
    expect(read).toMatchObject({ lineNumber, why: expect.stringMatching(why) });
  });
});

describe('a journal', () => {
  it('is read with or without its last line end', () => {
    for (const text of [lines.join('\n'), `${lines.join('\n')}\n`]) {
      const read = readJournal(text);
      expect(read).toMatchObject({ kind: 'call', call: { isCut: false, settings: testSettings() } });
    }
  });

  it('that is older than a setting is read as if it were off', () => {
    expect(readJournal(withValues(1, { settings: withoutPipeline }))).toMatchObject({
      kind: 'call',
      call: { assumedSettings: ['pipeline'], settings: { pipeline: { idle: [] } } },
    });
  });

  it('of which only the header was written is a call without steps', () => {
    expect(readJournal(`${lines[0]}\n{"line":"ev`)).toMatchObject({
      kind: 'call',
      call: { isCut: true, steps: [] },
    });
  });
});
