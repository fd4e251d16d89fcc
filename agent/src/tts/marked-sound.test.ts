import { expect, test } from 'vitest';
import type { TtsEvent } from './contract.ts';
import { createVoicePace } from './estimated-marks.ts';
import { markedSound } from './marked-sound.ts';
import { pcmSamples } from './pcm-samples.ts';

async function* each<T>(...items: readonly T[]) {
  yield* items;
}

test('samples that a network cut in two are put together', async () => {
  const pieces: number[][] = [];
  for await (const samples of pcmSamples(
    each(Uint8Array.of(1), Uint8Array.of(0, 2), Uint8Array.of(0, 3, 0, 9)),
  )) {
    pieces.push([...samples]);
  }
  expect(pieces).toEqual([[1], [2, 3]]);
});

test('all of the sound is given in order, and its length told', async () => {
  const samples = Int16Array.from({ length: 16_000 }, (_, index) => index);
  const sound = each(samples.slice(0, 100), samples.slice(100, 9_000), samples.slice(9_000));
  const piece = { text: 'one two three', charStart: 10, startMs: 500 };
  const events: TtsEvent[] = [];
  const marked = markedSound({ segmentId: 's', piece, sampleRateHz: 16_000, pace: createVoicePace(), sound });
  let next = await marked.next();
  for (; next.done !== true; next = await marked.next()) events.push(next.value);
  expect(next.value).toBe(1_000);
  const given = events.flatMap((event) => (event.type === 'audio' ? [...event.samples] : []));
  expect(given).toEqual([...samples]);
  const marks = events.flatMap((event) => (event.type === 'words' ? event.marks : []));
  expect(marks.map(({ charStart }) => charStart)).toEqual([10, 14, 18]);
  expect(marks.at(-1)?.endMs).toBeCloseTo(1_500);
});

test('no sound is no sound', async () => {
  const piece = { text: 'one', charStart: 0, startMs: 0 };
  const sound = each<Int16Array>();
  const marked = markedSound({ segmentId: 's', piece, sampleRateHz: 16_000, pace: createVoicePace(), sound });
  expect(await marked.next()).toEqual({ done: true, value: 0 });
});
