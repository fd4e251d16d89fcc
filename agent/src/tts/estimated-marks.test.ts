import { expect, test } from 'vitest';
import { createEstimatedMarks, createVoicePace, createVoicePaces } from './estimated-marks.ts';

const TEXT = 'Good morning, how can I help you today?';
const wordsOf = (marks: readonly { charStart: number; charEnd: number }[]) =>
  marks.map(({ charStart, charEnd }) => TEXT.slice(charStart, charEnd));

test.each([400, 1_000, 2_000, 9_000])('every word of a sound of %i ms is marked once and within it', (ms) => {
  const estimated = createEstimatedMarks(TEXT, createVoicePace());
  const marks = [];
  let givenMs = 0;
  for (let atMs = 40; atMs < ms; atMs += 40) {
    const now = estimated.until(atMs);
    for (const mark of now) {
      expect(mark.endMs).toBeGreaterThanOrEqual(atMs - 40);
      expect(mark.endMs).toBeLessThanOrEqual(atMs);
    }
    marks.push(...now);
    givenMs = atMs;
  }
  const last = estimated.end(ms, givenMs);
  expect(last.every(({ endMs }) => endMs >= givenMs)).toBe(true);
  marks.push(...last);
  expect(wordsOf(marks)).toEqual(TEXT.split(' '));
  expect(marks.at(-1)?.endMs).toBeCloseTo(ms);
  const edges = marks.flatMap(({ startMs, endMs }) => [startMs, endMs]);
  expect(edges).toEqual([...edges].sort((a, b) => a - b));
  expect(marks.every(({ isEstimated }) => isEstimated)).toBe(true);
});

test('the pace of a voice is learned from what it said, and not from a word alone', () => {
  const pace = createVoicePace();
  const before = pace.msASyllable;
  pace.learn(1, 900);
  expect(pace.msASyllable).toBe(before);
  pace.learn(10, 1_000);
  expect(pace.msASyllable).toBeCloseTo(100);
  for (let times = 0; times < 20; times++) pace.learn(10, 3_000);
  expect(pace.msASyllable).toBeCloseTo(300, 0);
});

test('a faster voice is expected to be faster', () => {
  expect(createVoicePace(2).msASyllable).toBeCloseTo(createVoicePace().msASyllable / 2);
});

test('what one voice teaches is not believed of another', () => {
  const paceOf = createVoicePaces();
  paceOf('fast').learn(10, 1_000);
  expect(paceOf('fast').msASyllable).toBeCloseTo(100);
  expect(paceOf('slow').msASyllable).toBe(createVoicePace().msASyllable);
});

test('a text without words has no marks', () => {
  const estimated = createEstimatedMarks('...', createVoicePace());
  expect(estimated.until(1_000)).toEqual([]);
  expect(estimated.end(1_000)).toEqual([]);
});
