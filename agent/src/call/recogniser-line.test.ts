import { participantIdSchema } from '@parley/contracts/ids';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { createAsyncQueue } from '../runtime/async-queue.ts';
import { createVirtualClock } from '../runtime/virtual-clock.ts';
import type { Stt, SttEvent } from '../stt/contract.ts';
import type { NewCallEvent } from './call-driver.ts';
import { openRecogniserLine } from './recogniser-line.ts';

const FINAL: SttEvent = {
  type: 'final',
  text: 'hello',
  outcome: 'words',
  words: [],
  wordCount: 1,
  answersFinalize: true,
};
const frame = (level: number) => ({
  samples: new Int16Array(512).fill(level),
  sampleRateHz: 16_000,
  isSpeech: true,
});

/** A recogniser that writes down what each of its streams is given, and says what the test has it say. */
function openTestLine() {
  const clock = createVirtualClock();
  const sent: NewCallEvent[] = [];
  const streams: {
    levels: number[];
    finalizes: number;
    say: (event: SttEvent) => void;
    lose: (error: Error) => void;
    isAborted: () => boolean;
  }[] = [];
  const stt: Stt = {
    provider: 'test',
    model: 'test-1',
    capabilities: {
      givesInterims: true,
      givesSpeechEvents: false,
      finalizeAfterSilenceMs: 200,
      mayGoDeaf: true,
    },
    async warm() {},
    async close() {},
    open({ signal }) {
      const events = createAsyncQueue<SttEvent>(100);
      const stream = {
        levels: [] as number[],
        finalizes: 0,
        say: (event: SttEvent) => void events.push(event),
        lose: events.fail,
        isAborted: () => signal.aborted,
      };
      streams.push(stream);
      signal.addEventListener('abort', () => events.end(), { once: true });
      return {
        push: ({ samples }) => void stream.levels.push(samples[0] ?? 0),
        finalize: () => {
          stream.finalizes += 1;
        },
        [Symbol.asyncIterator]: () => events[Symbol.asyncIterator](),
      };
    },
  };
  const closing = new AbortController();
  const line = openRecogniserLine({
    participantId: participantIdSchema.parse('ann'),
    stt,
    language: 'en',
    prefixPaddingMs: 300,
    clock,
    send: (event) => void sent.push(event),
    log: pino({ level: 'silent' }),
    spawn: (task) => void task(),
    signal: closing.signal,
  });
  const stream = (index: number) => streams[index] ?? expect.fail(`no stream ${index}`);
  return { line, clock, sent, streams, stream, close: () => closing.abort(new Error('over')) };
}

describe('a recogniser that gives no sign', () => {
  it('is given up, and another hears what was said since the last final', async () => {
    const { line, clock, sent, stream } = openTestLine();
    line.push(frame(1));
    stream(0).say(FINAL);
    await clock.advance(1);
    line.push(frame(2));
    line.push(frame(3));
    line.finalize();
    line.reopen();
    expect(stream(0).isAborted()).toBe(true);
    expect(stream(1).levels).toEqual([2, 3]);
    expect(stream(1).finalizes).toBe(1);
    stream(1).say(FINAL);
    await clock.advance(1);
    expect(sent.map(({ type }) => type)).toEqual(['transcriptFinal', 'transcriptFinal']);
    line.push(frame(4));
    expect(stream(1).levels).toEqual([2, 3, 4]);
  });

  it('has no more say: its last words come from the other', async () => {
    const { line, clock, sent, stream } = openTestLine();
    await clock.advance(1);
    stream(0).say(FINAL);
    line.reopen();
    await clock.advance(1);
    expect(sent).toEqual([]);
  });

  it('is no loss, however its stream ends', async () => {
    const { line, clock, sent, streams, stream } = openTestLine();
    stream(0).lose(new Error('gone'));
    line.reopen();
    await clock.advance(10_000);
    expect(sent).toEqual([]);
    expect(streams).toHaveLength(2);
  });

  it('is given at most 10 s of sound', async () => {
    const { line, stream } = openTestLine();
    for (let index = 0; index < 1_000; index++) line.push(frame(index));
    line.reopen();
    expect(stream(1).levels).toHaveLength(312);
    expect(stream(1).levels.at(-1)).toBe(999);
  });
});

describe('a stream that is lost', () => {
  it('is told, and followed by another at once, then more slowly while that fails too', async () => {
    const { line, clock, sent, streams, stream } = openTestLine();
    stream(0).lose(new Error('gone'));
    await clock.advance(1);
    expect(streams).toHaveLength(2);
    stream(1).lose(new Error('gone'));
    await clock.advance(100);
    expect(streams).toHaveLength(2);
    await clock.advance(200);
    expect(streams).toHaveLength(3);
    expect(sent.map(({ type }) => type)).toEqual(['sttFailed', 'sttFailed']);
    line.push(frame(1));
    expect(stream(2).levels).toEqual([1]);
  });

  it('is followed by one alone, where it is given up before that is opened', async () => {
    const { line, clock, sent, streams, stream } = openTestLine();
    stream(0).lose(new Error('gone'));
    await clock.advance(1);
    stream(1).lose(new Error('gone'));
    await clock.advance(100);
    line.push(frame(1));
    line.reopen();
    expect(streams).toHaveLength(3);
    await clock.advance(10_000);
    expect(streams).toHaveLength(3);
    expect(stream(2).levels).toEqual([1]);
    stream(2).say(FINAL);
    await clock.advance(1);
    expect(sent.map(({ type }) => type)).toEqual(['sttFailed', 'sttFailed', 'transcriptFinal']);
  });

  it('is followed at once where it had heard something', async () => {
    const { clock, streams, stream } = openTestLine();
    stream(0).lose(new Error('gone'));
    await clock.advance(1);
    stream(1).say(FINAL);
    await clock.advance(1);
    stream(1).lose(new Error('gone'));
    await clock.advance(1);
    expect(streams).toHaveLength(3);
  });

  it('at the end of the call is not', async () => {
    const { close, clock, sent, streams } = openTestLine();
    close();
    await clock.advance(10_000);
    expect(streams).toHaveLength(1);
    expect(sent).toEqual([]);
  });
});
