import { expect, it } from 'vitest';
import { createAsyncQueue } from '../runtime/async-queue.ts';
import type { Stt, SttEvent } from '../stt/contract.ts';
import { createMeteredStt } from './metered-stt.ts';

const FINAL: SttEvent = {
  type: 'final',
  text: 'hello',
  outcome: 'words',
  words: [],
  wordCount: 1,
  answersFinalize: true,
};
const FRAME = { samples: new Int16Array(512), sampleRateHz: 16_000, isSpeech: true };

function openMetered() {
  const told: number[] = [];
  const events = createAsyncQueue<SttEvent>(10);
  const stt: Stt = {
    provider: 'test',
    model: 'test-1',
    capabilities: {
      givesInterims: false,
      givesSpeechEvents: false,
      finalizeAfterSilenceMs: 200,
      mayGoDeaf: false,
    },
    async warm() {},
    async close() {},
    open: () => ({ push() {}, finalize() {}, [Symbol.asyncIterator]: () => events[Symbol.asyncIterator]() }),
  };
  const ending = new AbortController();
  const metered = createMeteredStt({ stt, onUsage: (audioMs) => void told.push(audioMs) });
  const stream = metered.open({ language: 'en', prefixPaddingMs: 0, signal: ending.signal });
  const hear = (frames: number) => {
    for (let at = 0; at < frames; at++) stream.push(FRAME);
  };
  return { stream, events, told, hear, end: () => ending.abort(new Error('over')) };
}

it('tells at each final what was heard since the last, and the rest when the stream is ended', async () => {
  const { stream, events, told, hear, end } = openMetered();
  const heard = stream[Symbol.asyncIterator]();
  hear(10);
  events.push(FINAL);
  await heard.next();
  hear(5);
  events.push(FINAL);
  await heard.next();
  expect(told).toEqual([320, 160]);
  hear(2);
  end();
  hear(3);
  events.end();
  await heard.next();
  expect(told).toEqual([320, 160, 64]);
});

it('tells what a stream that is lost had heard, and nothing where nothing was heard', async () => {
  const lost = openMetered();
  lost.hear(4);
  lost.events.fail(new Error('gone'));
  await expect(lost.stream[Symbol.asyncIterator]().next()).rejects.toThrow('gone');
  expect(lost.told).toEqual([128]);
  const idle = openMetered();
  idle.end();
  expect(idle.told).toEqual([]);
});
