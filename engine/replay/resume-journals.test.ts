import type { EndReason } from '@parley/contracts/call-event';
import { describe, expect, it } from 'vitest';
import { testSettings } from '../call/testing/call-settings.ts';
import { VirtualCall } from '../call/testing/virtual-call.ts';
import { readJournal, readStoredJournal, type StoredCall } from './read-journal.ts';
import { resumeJournals } from './resume-journals.ts';
import { headerOf, journalLines } from './testing/journal-text.ts';

const asked = () =>
  new VirtualCall(testSettings()).connect().say(4_000, 5_000, 'when are you open').run(6_200);

function stored(call: VirtualCall, cut = 0): StoredCall {
  const text = journalLines(call.state.settings, call.events).join('\n');
  const read = readJournal(text.slice(0, text.length - cut));
  if (read.kind !== 'call') throw new Error(read.why);
  return read.call;
}

const endedBy = (reason: EndReason) => {
  const call = asked().send(6_300, { type: 'endRequested', data: { reason } }).run(6_400);
  return resumeJournals([stored(call)]);
};

describe('the journals of earlier generations', () => {
  it('tell where the call was lost, and its clock', () => {
    expect(resumeJournals([stored(asked())])).toMatchObject({
      startedAtEpochMs: headerOf(testSettings()).startedAtEpochMs,
      lastAtMs: 6_200,
      carried: { lostAtMs: 6_200, unsaid: { text: expect.stringMatching(/Anything else\?$/) } },
    });
  });

  it('serve with a last line that is cut off', () => {
    expect(resumeJournals([stored(asked(), 30)])?.carried?.conversation).toHaveLength(3);
  });

  it('are the same from a server as from a disk', () => {
    const call = stored(asked());
    const [header, ...lines] = journalLines(testSettings(), asked().events).map((line) => JSON.parse(line));
    expect(readStoredJournal(header, lines)).toEqual({ kind: 'call', call });
  });

  it('serve in any order, the newest that knew of the call first', () => {
    const first = asked();
    const second = first.lostAndResumed(500).connect(7_000).run(60_000);
    second.say(61_000, 62_000, 'and on Sundays').run(61_600);
    // Lost before its first event.
    const third = new VirtualCall(testSettings({ generation: 3, resumes: true, startsAtMs: 62_000 }));
    const earlier = resumeJournals([stored(first), stored(third), stored(second)]);
    expect(earlier).toMatchObject({ carried: { hasLostWords: true, unsaid: null } });
    expect(earlier?.carried?.conversation).toEqual(second.state.conversation.items);
  });

  it.each(['worker_stopped', 'agent_failed', 'superseded'] as const)('outlive an agent that %s', (reason) => {
    expect(endedBy(reason)?.carried?.unsaid).not.toBeNull();
  });

  it.each(['caller_left', 'agent_ended', 'time_limit', 'room_closed'] as const)(
    'carry nothing over an end by %s',
    (reason) => {
      expect(endedBy(reason)).toMatchObject({ carried: null });
    },
  );

  it('that are none tell nothing', () => {
    expect(resumeJournals([])).toBeNull();
  });
});
