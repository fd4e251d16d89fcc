import { expect, test } from 'vitest';
import type { TtsEvent } from './contract.ts';
import { createVoicePace } from './estimated-marks.ts';
import { createTimedSegment } from './timed-segment.ts';

const TEXT = 'Your table is booked.';
const word = (text: string, startMs: number, endMs: number) => ({ text, startMs, endMs, isEstimated: false });

test('sound waits for the times of its words, but for the first 120 ms', () => {
  const segment = segmentOf(TEXT);
  expect(told(segment.sound(silence(300)))).toEqual(['sound 120']);
  expect(told(segment.words([word('Your', 0, 200), word('table', 210, 550)]))).toEqual([
    'Your 0-200',
    'sound 180',
  ]);
  expect(told(segment.sound(silence(300)))).toEqual(['table 210-550', 'sound 300']);
  expect(told(segment.words([word('is', 560, 640), word('booked.', 650, 1_000)]))).toEqual([]);
  expect(told(segment.sound(silence(500)))).toEqual(['is 560-640', 'booked. 650-1000', 'sound 500']);
  expect(told(segment.end())).toEqual(['end 1100']);
});

test('words that are told too late for their sound are marked where it is, as estimated', () => {
  const segment = segmentOf(TEXT);
  segment.sound(silence(100));
  segment.words([word('Your', 0, 100)]);
  expect(told(segment.sound(silence(800)))).toEqual(['sound 400']);
  expect(told(segment.words([word('table', 110, 300), word('is', 310, 600)]))).toEqual([
    'table 110-500 estimated',
    'is 500-600',
    'sound 220',
  ]);
});

test('a voice that tells no words is marked by its pace, and its sound flows', () => {
  const segment = segmentOf(TEXT);
  segment.sound(silence(400));
  const events = [...segment.sound(silence(400)), ...segment.sound(silence(400)), ...segment.end()];
  const marks = events.flatMap((event) => (event.type === 'words' ? event.marks : []));
  expect(marks.map(({ charStart, charEnd }) => TEXT.slice(charStart, charEnd))).toEqual(TEXT.split(' '));
  expect(marks.every(({ isEstimated }) => isEstimated)).toBe(true);
  expect(marks.at(-1)?.endMs).toBeLessThanOrEqual(1_200);
});

test('times beyond the sound end with it', () => {
  const segment = segmentOf('Two words.');
  segment.sound(silence(300));
  segment.words([word('Two', 0, 200), word('words.', 210, 350)]);
  expect(told(segment.end(), 'Two words.')).toEqual(['words. 210-300', 'end 300']);
});

test('a segment without sound has a duration of 0', () => {
  expect(told(segmentOf('Well.').end(), 'Well.')).toEqual(['Well. 0-0 estimated', 'end 0']);
});

function segmentOf(text: string) {
  return createTimedSegment({ segmentId: 's', text, sampleRateHz: 1_000, pace: createVoicePace() });
}

const silence = (ms: number) => new Int16Array(ms);

/** The events in words, the sound of a call together. */
function told(events: readonly TtsEvent[], text = TEXT): string[] {
  const lines: string[] = [];
  let soundMs = 0;
  for (const event of events) {
    if (event.type === 'audio') soundMs += event.samples.length;
    if (event.type === 'words') {
      for (const mark of event.marks) {
        const estimated = mark.isEstimated ? ' estimated' : '';
        lines.push(`${text.slice(mark.charStart, mark.charEnd)} ${mark.startMs}-${mark.endMs}${estimated}`);
      }
    }
  }
  if (soundMs > 0) lines.push(`sound ${soundMs}`);
  const end = events.find((event) => event.type === 'segmentEnd');
  if (end) lines.push(`end ${end.durationMs}`);
  return lines;
}
