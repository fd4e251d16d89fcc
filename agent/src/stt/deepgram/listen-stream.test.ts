import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import type { DeepgramHandlers } from '../../runtime/deepgram-connection.ts';
import { ProviderError } from '../../runtime/provider-error.ts';
import { createVirtualClock } from '../../runtime/virtual-clock.ts';
import type { SttEvent } from '../contract.ts';
import { type ListenMessage, type ListenSocket, openListenStream } from './listen-stream.ts';

/** A stream, what it sends, and the vendor's end of it. Time is virtual. */
function start({ isOpen = true, prefixPaddingMs = 0 } = {}) {
  const clock = createVirtualClock();
  const ending = new AbortController();
  const sent: { readonly atMs: number; readonly what: string }[] = [];
  const note = (what: string) => void sent.push({ atMs: clock.nowMs(), what });
  const socket: ListenSocket = {
    on() {},
    connect() {},
    close() {},
    sendMedia: (sound) => note(`sound ${sound.byteLength / 32} ms`),
    sendFinalize: () => note('Finalize'),
    sendKeepAlive: () => note('KeepAlive'),
  };
  let handlers: DeepgramHandlers<ListenMessage, ListenSocket> | undefined;
  let connections = 0;
  const stream = openListenStream({
    connect(given) {
      handlers = given;
      connections += 1;
      return { close: () => note('close') };
    },
    prefixPaddingMs,
    signal: ending.signal,
    clock,
    log: pino({ level: 'silent' }),
  });
  const events: SttEvent[] = [];
  const over = (async () => {
    for await (const event of stream) events.push(event);
  })();
  const open = () => handlers?.onOpen(socket);
  if (isOpen) open();
  return {
    clock,
    stream,
    sent,
    events,
    over,
    open,
    connections: () => connections,
    end: () => ending.abort(new Error('over')),
    lose: (error: ProviderError) => handlers?.onLost(error),
    speak(ms: number, isSpeech = true) {
      for (let at = 0; at < ms; at += 20)
        stream.push({ samples: new Int16Array(320), sampleRateHz: 16_000, isSpeech });
    },
    /** A result of the vendor, with the words sharing its time. */
    async tell(startMs: number, endMs: number, text: string, flags: Partial<Flags> = {}) {
      handlers?.onMessage(resultsOf(startMs, endMs, text, flags));
      await clock.advance(0);
    },
    async tellOther(message: ListenMessage) {
      handlers?.onMessage(message);
      await clock.advance(0);
    },
  };
}

interface Flags {
  readonly is_final: boolean;
  readonly speech_final: boolean;
  readonly from_finalize: boolean;
}

function resultsOf(startMs: number, endMs: number, text: string, flags: Partial<Flags>): ListenMessage {
  const texts = text.split(' ').filter(Boolean);
  const wordMs = (endMs - startMs) / Math.max(1, texts.length);
  return {
    type: 'Results',
    channel_index: [0, 1],
    start: startMs / 1000,
    duration: (endMs - startMs) / 1000,
    is_final: false,
    speech_final: false,
    from_finalize: false,
    ...flags,
    channel: {
      alternatives: [
        {
          transcript: text,
          confidence: 0.9,
          words: texts.map((word, index) => ({
            word,
            start: (startMs + index * wordMs) / 1000,
            end: (startMs + (index + 1) * wordMs) / 1000,
            confidence: 0.9,
          })),
        },
      ],
    },
    metadata: {
      request_id: 'R',
      model_info: { name: 'general-nova-3', version: 'v', arch: 'nova-3' },
      model_uuid: 'U',
    },
  };
}

const finalsOf = (events: readonly SttEvent[]) => events.filter((event) => event.type === 'final');

describe('a stream to Nova', () => {
  test('the golden turn: two finals are one utterance, and the second sign of its end is none', async () => {
    const { speak, tell, tellOther, stream, events, clock } = start();
    speak(2_600);
    await tellOther({ type: 'SpeechStarted', channel: [0], timestamp: 0.32 });
    await tell(0, 1_020, 'book a');
    await tell(0, 1_900, 'book a table for two', { is_final: true });
    await tell(1_900, 2_500, 'at eight', { is_final: true, speech_final: true });
    await tellOther({ type: 'UtteranceEnd', channel: [0, 1], last_word_end: 2.31 });
    stream.finalize();
    await tell(2_500, 2_600, '', { is_final: true, from_finalize: true });
    await clock.advance(5_000);
    expect(events.map((event) => ('text' in event ? `${event.type} ${event.text}` : event.type))).toEqual([
      'speechStarted',
      'interim book a',
      'interim book a table for two',
      'interim book a table for two at eight',
      'speechEnded',
      'final book a table for two at eight',
    ]);
    expect(finalsOf(events)).toMatchObject([{ outcome: 'words', wordCount: 7, answersFinalize: true }]);
  });

  test('a final over all that was sent answers before the answer to Finalize, which is then nothing', async () => {
    const { speak, tell, stream, events } = start();
    speak(1_000);
    stream.finalize();
    await tell(0, 1_000, 'yes please', { is_final: true, speech_final: true });
    expect(finalsOf(events)).toHaveLength(1);
    await tell(1_000, 1_000, '', { is_final: true, from_finalize: true });
    speak(1_000);
    stream.finalize();
    await tell(1_000, 2_000, 'and tea', { is_final: true, from_finalize: true });
    expect(finalsOf(events)).toMatchObject([{ text: 'yes please' }, { text: 'and tea' }]);
  });

  test('words count from the start of their utterance', async () => {
    const { speak, tell, stream, events } = start();
    for (const startMs of [0, 1_000]) {
      speak(1_000);
      stream.finalize();
      await tell(startMs, startMs + 1_000, 'yes please', { is_final: true, from_finalize: true });
    }
    const words = [
      { text: 'yes', startMs: 0, endMs: 500 },
      { text: 'please', startMs: 500, endMs: 1_000 },
    ];
    expect(finalsOf(events)).toMatchObject([{ words }, { words }]);
  });

  test('nobody has spoken: a final costs the vendor nothing', async () => {
    const { speak, stream, events, sent, clock } = start();
    speak(500, false);
    stream.finalize();
    await clock.advance(0);
    expect(events).toMatchObject([{ type: 'final', outcome: 'silence', answersFinalize: true }]);
    expect(sent.map(({ what }) => what)).toEqual(['KeepAlive']);
  });

  test('a Finalize without an answer is answered after a second, and its words are not given again', async () => {
    const { speak, tell, stream, events, clock } = start();
    speak(1_000);
    await tell(0, 1_000, 'my name', { is_final: false });
    stream.finalize();
    await clock.advance(999);
    expect(finalsOf(events)).toEqual([]);
    await clock.advance(1);
    expect(finalsOf(events)).toMatchObject([{ text: 'my name', answersFinalize: true }]);
    speak(1_000);
    await tell(0, 2_000, 'my name is Anna', { is_final: true });
    stream.finalize();
    await clock.advance(1_000);
    expect(finalsOf(events).at(-1)).toMatchObject({ text: 'is Anna' });
  });

  test('a late answer to a Finalize is not taken for that of the next one', async () => {
    const { speak, tell, stream, events, clock } = start();
    speak(1_000);
    await tell(0, 900, 'yes', { is_final: true });
    stream.finalize();
    await clock.advance(1_000);
    expect(finalsOf(events)).toMatchObject([{ text: 'yes' }]);
    speak(1_000);
    stream.finalize();
    await tell(900, 1_000, '', { is_final: true, from_finalize: true });
    expect(finalsOf(events)).toHaveLength(1);
    await tell(1_000, 1_600, 'and tea', { is_final: true, from_finalize: true });
    expect(finalsOf(events).at(-1)).toMatchObject({ text: 'and tea' });
  });

  test('speech without any answer is a vendor that hears nothing', async () => {
    const { speak, stream, over, clock, sent } = start();
    speak(1_000);
    stream.finalize();
    const failed = expect(over).rejects.toMatchObject({ code: 'timeout', retryable: true });
    await clock.advance(1_000);
    await failed;
    expect(sent.at(-1)?.what).toBe('close');
    expect(clock.pendingTimers).toBe(0);
  });

  test('the vendor is told every few seconds that somebody is there, only while no sound goes out', async () => {
    const { speak, sent, clock } = start();
    await clock.advance(12_000);
    expect(sent.map(({ atMs, what }) => `${atMs} ${what}`)).toEqual([
      '0 KeepAlive',
      '4000 KeepAlive',
      '8000 KeepAlive',
      '12000 KeepAlive',
    ]);
    for (let times = 0; times < 10; times++) {
      speak(1_000);
      await clock.advance(1_000);
    }
    expect(sent.filter(({ what }) => what === 'KeepAlive')).toHaveLength(4);
  });

  test('sound and wishes from before it was open go out in their order', async () => {
    const { speak, stream, sent, open, tell, events } = start({ isOpen: false });
    speak(40);
    stream.finalize();
    stream.finalize();
    speak(20);
    stream.finalize();
    open();
    expect(sent.map(({ what }) => what).filter((what) => what !== 'KeepAlive')).toEqual([
      'sound 20 ms',
      'sound 20 ms',
      'Finalize',
      'sound 20 ms',
      'Finalize',
    ]);
    await tell(0, 40, 'yes', { is_final: true, from_finalize: true });
    await tell(40, 60, 'no', { is_final: true, from_finalize: true });
    expect(finalsOf(events)).toMatchObject([{ text: 'yes' }, { outcome: 'silence' }, { text: 'no' }]);
  });

  test('a connection that is lost ends it, with no timer left', async () => {
    const { speak, stream, over, lose, clock } = start();
    speak(1_000);
    stream.finalize();
    lose(new ProviderError('unavailable', 'cut', { provider: 'deepgram', retryable: true }));
    await expect(over).rejects.toMatchObject({ code: 'unavailable' });
    expect(clock.pendingTimers).toBe(0);
  });

  test('one that is closed while nobody speaks is opened anew by the next word, with a clock of its own', async () => {
    const { speak, tell, stream, lose, open, sent, events, connections } = start();
    speak(1_000);
    stream.finalize();
    await tell(0, 1_000, 'yes please', { is_final: true, from_finalize: true });
    lose(new ProviderError('timeout', 'NET-0001', { provider: 'deepgram', retryable: true }));
    speak(2_000, false);
    expect(connections()).toBe(1);
    speak(500);
    stream.finalize();
    expect(connections()).toBe(2);
    const before = sent.length;
    open();
    expect(sent.slice(before).filter(({ what }) => what === 'sound 20 ms')).toHaveLength(25);
    await tell(0, 500, 'and tea', { is_final: true, from_finalize: true });
    expect(finalsOf(events)).toMatchObject([
      { text: 'yes please' },
      { text: 'and tea', words: [{ startMs: 0 }, { endMs: 500 }] },
    ]);
  });

  test('the sound before the word that opens it anew goes out with it', async () => {
    const { speak, tell, stream, lose, open, sent } = start({ prefixPaddingMs: 200 });
    speak(1_000);
    stream.finalize();
    await tell(0, 1_000, 'yes please', { is_final: true, from_finalize: true });
    lose(new ProviderError('timeout', 'NET-0001', { provider: 'deepgram', retryable: true }));
    speak(3_000, false);
    speak(500);
    const before = sent.length;
    open();
    expect(sent.slice(before).filter(({ what }) => what === 'sound 20 ms')).toHaveLength(35);
  });

  test('an abort closes it at once, with no timer left', async () => {
    const { speak, stream, over, end, sent, clock } = start();
    speak(1_000);
    stream.finalize();
    end();
    expect(sent.at(-1)?.what).toBe('close');
    await over;
    expect(clock.pendingTimers).toBe(0);
  });

  test('sound of another rate is refused', () => {
    const { stream } = start();
    const push = () => stream.push({ samples: new Int16Array(480), sampleRateHz: 24_000, isSpeech: true });
    expect(push).toThrow(expect.objectContaining({ code: 'bad_request' }));
  });
});
