import { expect, test } from 'vitest';
import { createDeferred, type Deferred } from '../../runtime/deferred.ts';
import { ProviderError } from '../../runtime/provider-error.ts';
import type { SttEvent } from '../contract.ts';
import { openStream } from './stream.ts';
import type { Recognition } from './verdict.ts';

const words = (text: string): Recognition => ({
  outcome: 'words',
  text,
  words: text
    .split(' ')
    .map((word, index) => ({ text: word, startMs: index * 300, endMs: index * 300 + 250 })),
});
const final = { type: 'final', text: '', words: [], wordCount: 0, answersFinalize: true } as const;

/** A stream whose recogniser answers when it is told to. */
function openEar() {
  const ending = new AbortController();
  const asked: { samples: Int16Array; signal: AbortSignal; answer: Deferred<Recognition | null> }[] = [];
  const drops: number[] = [];
  const stream = openStream({
    prefixPaddingMs: 96,
    signal: ending.signal,
    understand(samples, signal) {
      const answer = createDeferred<Recognition | null>();
      asked.push({ samples, signal, answer });
      return answer.promise;
    },
    onDropped: (droppedMs) => drops.push(droppedMs),
  });
  const events: SttEvent[] = [];
  const over = (async () => {
    for await (const event of stream) events.push(event);
  })();
  over.catch(() => {});
  const push = (ms: number, isSpeech: boolean) => {
    for (let at = 0; at < ms; at += 32) {
      stream.push({ samples: new Int16Array(512).fill(isSpeech ? 1 : 0), sampleRateHz: 16_000, isSpeech });
    }
  };
  const settle = async () => {
    for (let turn = 0; turn < 30; turn++) await Promise.resolve();
  };
  const answer = async (index: number, recognition: Recognition | null) => {
    asked[index]?.answer.resolve(recognition);
    await settle();
  };
  return { stream, asked, drops, events, over, push, settle, answer, ending };
}

test('begins to recognise at a pause and gives an interim', async () => {
  const ear = openEar();
  ear.push(960, true);
  expect(ear.asked).toHaveLength(0);
  ear.push(32, false);
  await ear.answer(0, words('when are you open'));
  expect(ear.events).toEqual([{ type: 'interim', text: 'when are you open' }]);
});

test('gives the final at once when the pause was recognised before', async () => {
  const ear = openEar();
  ear.push(960, true);
  ear.push(320, false);
  await ear.answer(0, words('stop'));
  ear.stream.finalize();
  await ear.settle();
  expect(ear.asked).toHaveLength(1);
  expect(ear.events.at(-1)).toMatchObject({
    ...final,
    outcome: 'words',
    text: 'stop',
    words: [{}],
    wordCount: 1,
  });
});

test('gives the final without an interim when it is asked for while recognition runs', async () => {
  const ear = openEar();
  ear.push(960, true);
  ear.push(32, false);
  ear.stream.finalize();
  await ear.answer(0, words('stop'));
  expect(ear.events).toMatchObject([{ type: 'final', text: 'stop' }]);
});

test('recognises the whole again when speech goes on after a pause, and forgets the first half', async () => {
  const ear = openEar();
  ear.push(640, true);
  ear.push(192, false);
  ear.push(640, true);
  ear.push(192, false);
  expect(ear.asked).toHaveLength(2);
  expect(ear.asked[0]?.signal.aborted).toBe(true);
  expect(ear.asked[1]?.samples.length).toBe((640 + 192 + 640 + 32) * 16);
  await ear.answer(0, words('when are'));
  expect(ear.events).toEqual([]);
  await ear.answer(1, words('when are you open'));
  ear.stream.finalize();
  await ear.settle();
  expect(ear.events.map((event) => 'text' in event && event.text)).toEqual([
    'when are you open',
    'when are you open',
  ]);
});

test('gives no interim for what was rejected, and its words as a number', async () => {
  const ear = openEar();
  ear.push(960, true);
  ear.push(32, false);
  await ear.answer(0, { outcome: 'rejected', wordCount: 4 });
  expect(ear.events).toEqual([]);
  ear.stream.finalize();
  await ear.settle();
  expect(ear.events).toEqual([{ ...final, outcome: 'rejected', wordCount: 4 }]);
});

test('a click is silence, and nobody is asked', async () => {
  const ear = openEar();
  ear.push(128, true);
  ear.push(320, false);
  ear.stream.finalize();
  await ear.settle();
  expect(ear.asked).toHaveLength(0);
  expect(ear.events).toEqual([{ ...final, outcome: 'silence' }]);
});

test('what follows a final is an utterance of its own, though the speech never paused', async () => {
  const ear = openEar();
  ear.push(640, true);
  ear.stream.finalize();
  ear.push(320, true);
  ear.stream.finalize();
  expect(ear.asked.map(({ samples }) => samples.length / 16)).toEqual([640, 320]);
  await ear.answer(1, words('second'));
  expect(ear.events).toEqual([]);
  await ear.answer(0, words('first'));
  expect(ear.events).toMatchObject([{ text: 'first' }, { text: 'second' }]);
});

test('more than ten seconds are rejected unheard, counted and told once', async () => {
  const ear = openEar();
  ear.push(12_000, true);
  ear.push(320, false);
  ear.stream.finalize();
  await ear.settle();
  expect(ear.asked).toHaveLength(0);
  expect(ear.events).toMatchObject([{ outcome: 'rejected', wordCount: 43 }]);
  expect(ear.drops).toEqual([2_336]);
});

test('abort gives up what is being recognised and ends the stream', async () => {
  const ear = openEar();
  ear.push(960, true);
  ear.push(32, false);
  ear.stream.finalize();
  ear.ending.abort(new Error('over'));
  expect(ear.asked[0]?.signal.aborted).toBe(true);
  await ear.answer(0, words('stop'));
  await ear.over;
  expect(ear.events).toEqual([]);
});

test('a lost recogniser ends the stream with its error', async () => {
  const ear = openEar();
  ear.push(960, true);
  ear.push(32, false);
  const lost = new ProviderError('unavailable', 'gone', { provider: 'embedded', retryable: true });
  ear.asked[0]?.answer.reject(lost);
  await expect(ear.over).rejects.toBe(lost);
});

test('sound of another rate is refused', () => {
  const { stream } = openEar();
  const push = () => stream.push({ samples: new Int16Array(480), sampleRateHz: 48_000, isSpeech: true });
  expect(push).toThrow(expect.objectContaining({ code: 'bad_request' }));
});
