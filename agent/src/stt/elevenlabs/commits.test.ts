import { expect, test } from 'vitest';
import { createVirtualClock } from '../../runtime/virtual-clock.ts';
import type { SttEvent } from '../contract.ts';
import { createCommits, type SentSound } from './commits.ts';

const FIRST: SentSound = { fromMs: 0, untilMs: 2_000, committedMs: 0 };
const SECOND: SentSound = { fromMs: 2_500, untilMs: 4_000, committedMs: 2_000 };

test('a final waits for the times of its words, and no longer than 150 ms', async () => {
  const { commits, clock, finals } = start();
  commits.oweCommit(FIRST);
  commits.hear({ type: 'committed', text: 'Book a table.' });
  await clock.advance(149);
  expect(finals).toEqual([]);
  await clock.advance(1);
  expect(finals).toMatchObject([{ text: 'Book a table.', words: [], wordCount: 3, answersFinalize: true }]);
  // Its times come after all, and are of no use to the next.
  commits.oweCommit(SECOND);
  commits.hear(timed('Book a table.', 100));
  expect(finals).toHaveLength(1);
  commits.hear({ type: 'committed', text: 'Yes.' });
  commits.hear(timed('Yes.', 2_700));
  expect(finals.at(-1)).toMatchObject({ text: 'Yes.', words: [{ text: 'Yes.', startMs: 200, endMs: 300 }] });
  expect(clock.pendingTimers).toBe(0);
});

test('times may run from the start of the session or from the last commit', () => {
  for (const startMs of [2_600, 600]) {
    const { commits, finals } = start();
    commits.oweCommit(SECOND);
    commits.hear({ type: 'committed', text: 'Yes.' });
    commits.hear(timed('Yes.', startMs));
    expect(finals).toMatchObject([{ words: [{ startMs: 100, endMs: 200 }] }]);
  }
});

test('finals come in the order in which they were asked for, whatever comes first', () => {
  const { commits, finals } = start();
  commits.oweCommit(FIRST);
  commits.oweSilence();
  commits.oweCommit(SECOND);
  commits.hear({ type: 'nothingCommitted', isThrottled: true });
  expect(finals).toEqual([]);
  commits.hear({ type: 'committed', text: 'One.' });
  commits.hear(timed('One.', 0));
  expect(finals.map(textOf)).toEqual(['One.', '', '']);
  expect(commits.owed).toBe(0);
});

test('a text without its times is given before the next text', () => {
  const { commits, finals } = start();
  commits.oweCommit(FIRST);
  commits.oweCommit(SECOND);
  commits.hear({ type: 'committed', text: 'One.' });
  commits.hear({ type: 'committed', text: 'Two.' });
  commits.hear(timed('Two.', 2_600));
  expect(finals.map(textOf)).toEqual(['One.', 'Two.']);
});

test('times alone are a final too', () => {
  const { commits, finals } = start();
  commits.oweCommit(FIRST);
  commits.hear(timed('One.', 100));
  expect(finals).toMatchObject([{ text: 'One.', words: [{ startMs: 100 }] }]);
});

test('parts and what was committed unasked begin the utterance that goes on', () => {
  const { commits, finals } = start();
  commits.hear({ type: 'committed', text: '' });
  commits.owePart(FIRST);
  commits.hear({ type: 'committed', text: 'One' });
  commits.hear(timed('One', 0));
  expect(commits.soFar(' and two')).toBe('One and two');
  commits.hear(timed('and two', 2_100));
  commits.oweCommit({ fromMs: 0, untilMs: 4_000, committedMs: 2_000 });
  commits.hear({ type: 'committed', text: 'and three.' });
  commits.hear(timed('and three.', 3_000));
  expect(finals).toMatchObject([
    { text: 'One and two and three.', words: [{ startMs: 0 }, { startMs: 3_000 }] },
  ]);
  expect(commits.soFar('')).toBe('');
});

test('a session that found nobody in the sound answers with silence', () => {
  const { commits, finals } = start();
  commits.oweCommit(FIRST);
  commits.hear({ type: 'nothingCommitted', isThrottled: false });
  commits.hear({ type: 'nothingCommitted', isThrottled: false });
  expect(finals).toMatchObject([{ outcome: 'silence', answersFinalize: true }]);
});

test('nothing is given after the stream was stopped', async () => {
  const { commits, clock, finals } = start();
  commits.oweCommit(FIRST);
  commits.hear({ type: 'committed', text: 'One.' });
  commits.stop();
  await clock.advance(1_000);
  expect(finals).toEqual([]);
});

function start() {
  const clock = createVirtualClock();
  const finals: SttEvent[] = [];
  const commits = createCommits({ clock, onFinal: (final) => finals.push(final) });
  return { commits, clock, finals };
}

/** The text as one word of 100 ms. */
function timed(text: string, startMs: number) {
  return { type: 'timed', text, words: [{ text, startMs, endMs: startMs + 100 }], language: null } as const;
}

const textOf = (event: SttEvent) => (event.type === 'final' ? event.text : event.type);
