import type { WebsocketResponse } from '@cartesia/cartesia-js/resources/tts.js';
import { delay } from '@parley/agent/runtime/clock';
import { pacedSpeech } from '../paced-speech.ts';
import type { SocketExchange } from '../simulated-vendor.ts';
import type { SpokenBlock } from '../simulated-voice.ts';
import type { GenerationInput } from './speech-socket.ts';

/** One context: inputs in order, spoken one after another. */
export interface SpeechContext {
  readonly isRunning: boolean;
  /** Its last input came, or it was cancelled. */
  readonly isOver: boolean;
  readonly lastSoundAtMs: number;
  add(input: GenerationInput): void;
  /** What has not begun never does; what is under way is spoken to its end. Source: docs.cartesia.ai, contexts. */
  cancel(): void;
  stop(): void;
}

export function openContext(options: {
  readonly id: string;
  readonly exchange: SocketExchange;
  readonly send: (message: WebsocketResponse) => void;
}): SpeechContext {
  const { id: context_id, exchange, send } = options;
  const { clock, delays } = exchange.simulation;
  const ending = new AbortController();
  const openedAtMs = clock.nowMs();
  let work = Promise.resolve();
  let running = 0;
  let isOver = false;
  let isCancelled = false;
  let buffered = '';
  let flushId = 1;
  let saidMs = 0;
  let lastSoundAtMs = openedAtMs;
  let cancelDelay = () => {};

  const queue = (task: () => Promise<void> | void) => {
    running += 1;
    work = work
      .then(() => (isCancelled || ending.signal.aborted ? undefined : task()))
      .catch((error) => {
        if (!ending.signal.aborted) throw error;
      })
      .finally(() => {
        running -= 1;
        lastSoundAtMs = clock.nowMs();
      });
  };

  /** `word_timestamps`: seconds from the start of the context. `chunk` first, as the vendor's page shows. */
  const sendBlock = (block: SpokenBlock, input: GenerationInput, fromMs: number) => {
    const bytes = Buffer.from(block.samples.buffer, block.samples.byteOffset, block.samples.byteLength);
    const isOdd = exchange.takeQuirk('oddChunks') && bytes.length > 2;
    const pieces = isOdd ? [bytes.subarray(0, 1), bytes.subarray(1)] : [bytes];
    for (const piece of pieces) {
      send({
        type: 'chunk',
        context_id,
        status_code: 206,
        done: false,
        step_time: delays.ttsFirstAudioMs,
        data: piece.toString('base64'),
        flush_id: flushId,
      });
    }
    if (!input.add_timestamps || block.words.length === 0 || exchange.takeQuirk('noTimestamps')) return;
    const seconds = (ms: number) => Math.round(fromMs + ms) / 1000;
    send({
      type: 'timestamps',
      context_id,
      status_code: 206,
      done: false,
      word_timestamps: {
        words: block.words.map(({ text }) => text),
        start: block.words.map(({ startMs }) => seconds(startMs)),
        end: block.words.map(({ endMs }) => seconds(endMs)),
      },
      flush_id: flushId,
    });
  };

  const speak = async (text: string, input: GenerationInput) => {
    const sampleRateHz = input.output_format.sample_rate;
    const waitMs = openedAtMs + delays.ttsFirstAudioMs - clock.nowMs();
    if (waitMs > 0) await delay(clock, waitMs, ending.signal);
    const fromMs = saidMs;
    for await (const block of pacedSpeech(exchange.simulation, text, {
      sampleRateHz,
      signal: ending.signal,
    })) {
      sendBlock(block, input, fromMs);
      saidMs += (block.samples.length * 1000) / sampleRateHz;
    }
  };
  const flushDone = () => {
    send({
      type: 'flush_done',
      context_id,
      status_code: 206,
      done: false,
      flush_done: true,
      flush_id: flushId,
    });
    flushId += 1;
  };
  const speakBuffered = (input: GenerationInput) => {
    cancelDelay();
    const text = buffered;
    buffered = '';
    if (text.trim() !== '') queue(() => speak(text, input));
  };

  return {
    get isRunning() {
      return running > 0 || buffered !== '';
    },
    get isOver() {
      return isOver;
    },
    get lastSoundAtMs() {
      return lastSoundAtMs;
    },
    add(input) {
      buffered += input.transcript;
      const delayMs = input.max_buffer_delay_ms;
      if (delayMs === 0 || input.flush || !input.continue) speakBuffered(input);
      else cancelDelay = clock.at(clock.nowMs() + delayMs, () => speakBuffered(input));
      const isSubmission =
        input.transcript !== '' && delayMs === 0 && !exchange.takeQuirk('noSubmissionFlush');
      if (isSubmission) queue(flushDone);
      if (input.flush) queue(flushDone);
      if (input.continue) return;
      isOver = true;
      queue(() => send({ type: 'done', context_id, status_code: 206, done: true }));
    },
    cancel() {
      isCancelled = true;
      isOver = true;
      buffered = '';
      cancelDelay();
    },
    stop() {
      cancelDelay();
      ending.abort(new Error('the context is over'));
    },
  };
}
