import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import type { DeepgramHandlers } from '../../runtime/deepgram-connection.ts';
import { createVirtualClock } from '../../runtime/virtual-clock.ts';
import type { SttEvent } from '../contract.ts';
import { type FluxMessage, type FluxSocket, openFluxStream } from './flux-stream.ts';

/** A stream, how much sound it sends, and the vendor's end of it. Time is virtual. */
function start() {
  const clock = createVirtualClock();
  const ending = new AbortController();
  const sentMs: number[] = [];
  const socket: FluxSocket = {
    on() {},
    connect() {},
    close() {},
    sendMedia: (sound) => void sentMs.push(sound.byteLength / 32),
  };
  let handlers: DeepgramHandlers<FluxMessage, FluxSocket> | undefined;
  const stream = openFluxStream({
    connect(given) {
      handlers = given;
      return { close() {} };
    },
    signal: ending.signal,
    clock,
    log: pino({ level: 'silent' }),
  });
  const events: SttEvent[] = [];
  const over = (async () => {
    for await (const event of stream) events.push(event);
  })();
  handlers?.onOpen(socket);
  let sequence = 0;
  return {
    clock,
    stream,
    sentMs,
    events,
    over,
    end: () => ending.abort(new Error('over')),
    speak(ms: number, isSpeech = true) {
      for (let at = 0; at < ms; at += 20)
        stream.push({ samples: new Int16Array(320), sampleRateHz: 16_000, isSpeech });
    },
    async tell(event: string, turn: number, untilMs: number, transcript: string) {
      handlers?.onMessage({
        type: 'TurnInfo',
        request_id: 'R',
        sequence_id: ++sequence,
        event,
        turn_index: turn,
        audio_window_start: 0,
        audio_window_end: untilMs / 1000,
        transcript,
        words: transcript
          .split(' ')
          .filter(Boolean)
          .map((word) => ({ word, confidence: 0.9 })),
        end_of_turn_confidence: 0.5,
      });
      await clock.advance(0);
    },
    async fault(code: string) {
      handlers?.onMessage({ type: 'Error', sequence_id: ++sequence, code, description: 'so it is' });
      await clock.advance(0);
    },
  };
}

const told = (events: readonly SttEvent[]) =>
  events.map((event) => ('text' in event ? `${event.type} ${event.text}`.trim() : event.type));
const finalsOf = (events: readonly SttEvent[]) => events.filter((event) => event.type === 'final');

describe('a stream to Flux', () => {
  test('the golden turn: an end that was guessed too early is no end', async () => {
    const { tell, speak, events } = start();
    speak(3_000);
    await tell('Update', 0, 240, '');
    await tell('StartOfTurn', 0, 720, 'book a');
    await tell('Update', 0, 960, 'book a table');
    await tell('EagerEndOfTurn', 0, 1_200, 'book a table');
    await tell('TurnResumed', 0, 1_440, 'book a table for');
    await tell('EagerEndOfTurn', 0, 2_000, 'book a table for two');
    await tell('EndOfTurn', 0, 2_400, 'book a table for two');
    await tell('Update', 1, 2_640, '');
    expect(told(events)).toEqual([
      'speechStarted',
      'interim book a',
      'interim book a table',
      'interim book a table for',
      'interim book a table for two',
      'speechEnded',
      'final book a table for two',
    ]);
    expect(finalsOf(events)).toMatchObject([{ answersFinalize: false, wordCount: 5 }]);
  });

  test('a final that is asked for is answered once the vendor has heard all of it', async () => {
    const { tell, speak, stream, events } = start();
    speak(1_000);
    await tell('StartOfTurn', 0, 720, 'my name');
    stream.finalize();
    await tell('Update', 0, 960, 'my name is');
    expect(finalsOf(events)).toEqual([]);
    await tell('Update', 0, 1_200, 'my name is Anna');
    expect(finalsOf(events)).toMatchObject([{ text: 'my name is Anna', answersFinalize: true }]);
    speak(1_000);
    await tell('Update', 0, 1_700, 'my name is Anna Miller');
    await tell('EndOfTurn', 0, 2_000, 'my name is Anna Miller');
    expect(finalsOf(events).slice(1)).toMatchObject([{ text: 'Miller', answersFinalize: false }]);
  });

  test('an end of turn answers what was asked for, and the next wish is answered by nothing', async () => {
    const { tell, speak, stream, events } = start();
    speak(1_000);
    stream.finalize();
    stream.finalize();
    await tell('StartOfTurn', 0, 500, 'yes');
    await tell('EndOfTurn', 0, 900, 'yes please');
    expect(finalsOf(events)).toMatchObject([
      { text: 'yes please', answersFinalize: true },
      { outcome: 'silence', answersFinalize: true },
    ]);
  });

  test('a vendor that is slow is not waited for longer than half a second', async () => {
    const { tell, speak, stream, events, clock } = start();
    speak(1_000);
    await tell('StartOfTurn', 0, 500, 'yes');
    stream.finalize();
    await clock.advance(499);
    expect(finalsOf(events)).toEqual([]);
    await clock.advance(1);
    expect(finalsOf(events)).toMatchObject([{ text: 'yes', answersFinalize: true }]);
  });

  test('sound goes out in frames of 80 ms, silence too, and silence is made where none comes', async () => {
    const { speak, sentMs, clock } = start();
    speak(200, false);
    expect(sentMs).toEqual([80, 80]);
    await clock.advance(2_500);
    const sum = sentMs.reduce((total, ms) => total + ms, 0);
    expect(sum).toBeGreaterThan(2_000);
    expect(sum).toBeLessThanOrEqual(2_700);
    expect(new Set(sentMs)).toEqual(new Set([80]));
  });

  test('a vendor that gives no sign of seconds of sound is lost', async () => {
    const { speak, tell, over, clock } = start();
    const failed = expect(over).rejects.toMatchObject({ code: 'timeout', retryable: true });
    await tell('Update', 0, 240, '');
    for (let seconds = 0; seconds < 7; seconds++) {
      speak(1_000);
      await clock.advance(1_000);
    }
    await failed;
    expect(clock.pendingTimers).toBe(0);
  });

  test('a fault that it names ends the stream', async () => {
    const { fault, over } = start();
    const failed = expect(over).rejects.toMatchObject({ code: 'protocol' });
    await fault('UNPARSABLE_CLIENT_MESSAGE');
    await failed;
  });

  test('an abort leaves no timer', async () => {
    const { speak, stream, end, over, clock } = start();
    speak(1_000);
    stream.finalize();
    end();
    await over;
    expect(clock.pendingTimers).toBe(0);
  });
});
