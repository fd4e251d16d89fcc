import { expect, test } from 'vitest';
import { createUtterance } from './utterance.ts';

const frame = (value: number, isSpeech: boolean, ms = 32) => ({
  samples: new Int16Array(ms * 16).fill(value),
  sampleRateHz: 16_000,
  isSpeech,
});
const valuesOf = (samples: Int16Array) => [...new Set(samples)];

test('keeps of the silence before speech no more than the prefix', () => {
  const utterance = createUtterance({ prefixPaddingMs: 100 });
  for (let value = 1; value <= 10; value++) utterance.push(frame(value, false));
  utterance.push(frame(11, true));
  expect(valuesOf(utterance.samples())).toEqual([8, 9, 10, 11]);
});

test('without a prefix it begins with the first frame of speech', () => {
  const utterance = createUtterance({ prefixPaddingMs: 0 });
  utterance.push(frame(1, false));
  utterance.push(frame(2, true));
  expect(valuesOf(utterance.samples())).toEqual([2]);
});

test('tells the first frame of silence after speech, each time', () => {
  const utterance = createUtterance({ prefixPaddingMs: 0 });
  const pauses = [false, true, true, false, false, true, false].map((isSpeech) =>
    utterance.push(frame(1, isSpeech)),
  );
  expect(pauses).toEqual([false, false, false, true, false, false, true]);
});

test('counts speech and keeps the pauses within it', () => {
  const utterance = createUtterance({ prefixPaddingMs: 0 });
  utterance.push(frame(1, true));
  utterance.push(frame(2, false));
  utterance.push(frame(3, true));
  expect(utterance.speechFrames).toBe(2);
  expect(utterance.speechMs).toBe(64);
  expect(utterance.samples()).toHaveLength(3 * 512);
});

test('past ten seconds the oldest sound goes, and is counted', () => {
  const utterance = createUtterance({ prefixPaddingMs: 300 });
  utterance.push(frame(1, true, 1_000));
  for (let second = 0; second < 10; second++) utterance.push(frame(2, true, 1_000));
  expect(utterance.samples()).toHaveLength(160_000);
  expect(valuesOf(utterance.samples())).toEqual([2]);
  expect(utterance.droppedMs).toBe(1_000);
});

test('a single frame longer than ten seconds is dropped whole', () => {
  const utterance = createUtterance({ prefixPaddingMs: 300 });
  utterance.push(frame(1, true, 11_000));
  expect(utterance.samples()).toHaveLength(0);
  expect(utterance.droppedMs).toBe(11_000);
});

test('the next utterance begins empty, and goes on where speech goes on', () => {
  const utterance = createUtterance({ prefixPaddingMs: 300 });
  utterance.push(frame(1, true));
  utterance.clear();
  expect(utterance.speechFrames).toBe(0);
  utterance.push(frame(2, true));
  expect(valuesOf(utterance.samples())).toEqual([2]);
  expect(utterance.push(frame(3, false))).toBe(true);
});

test('silence after an utterance that was ended in mid-speech is no pause of the next', () => {
  const utterance = createUtterance({ prefixPaddingMs: 300 });
  utterance.push(frame(1, true));
  utterance.clear();
  expect(utterance.push(frame(2, false))).toBe(false);
});
