import { delay } from '@parley/agent/runtime/clock';
import { joinBlocks } from '@parley/agent/tts/audio-blocks';
import { pacedSpeech } from '../paced-speech.ts';
import type { SocketExchange } from '../simulated-vendor.ts';
import { charTimes, type TimedChar } from './char-times.ts';
import type { VoiceMessage } from './voice-socket.ts';

/** Blocks of sound in a message: 200 ms. */
const BLOCKS_A_MESSAGE = 5;
/** Characters that wait for more without auto_mode. Source: generation_config.chunk_length_schedule, its first. */
const SCHEDULED_CHARS = 120;

/** One context: text in order, spoken when a sentence is whole or it is flushed. */
export interface VoiceContext {
  add(text: string): void;
  flush(): void;
  /** What was flushed is spoken to its end; then the context is over. Source: the vendor's page. */
  close(): void;
  stop(): void;
}

export function openVoiceContext(options: {
  readonly id: string;
  readonly exchange: SocketExchange;
  readonly sampleRateHz: number;
  readonly isAutomatic: boolean;
  /** Its last message was sent. */
  readonly onOver: () => void;
}): VoiceContext {
  const { id, exchange, sampleRateHz, isAutomatic } = options;
  const { clock, delays } = exchange.simulation;
  const ending = new AbortController();
  let firstTextAtMs: number | null = null;
  let work = Promise.resolve();
  let waiting = '';
  let isClosed = false;

  const queue = (task: () => Promise<void> | void) => {
    work = work
      .then(() => (ending.signal.aborted ? undefined : task()))
      .catch((error) => {
        if (!ending.signal.aborted) throw error;
      });
  };

  /** Source: AudioOutputMulti and FinalOutputMulti; the published examples spell some fields otherwise. */
  const send = (message: VoiceMessage) => {
    if (!exchange.takeQuirk('oldSpelling')) return exchange.send({ ...message, contextId: id });
    const { isFinal, alignment, ...rest } = message;
    const { charDurationsMs, ...times } = alignment ?? {};
    exchange.send({
      ...rest,
      context_id: id,
      is_final: isFinal,
      alignment: alignment && { ...times, charsDurationsMs: charDurationsMs },
    });
  };

  const sendSound = (samples: Int16Array, chars: readonly TimedChar[], fromMs: number) => {
    const bytes = Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
    const alignment = {
      chars: chars.map(({ text }) => text),
      charStartTimesMs: chars.map(({ startMs }) => Math.round(startMs - fromMs)),
      charDurationsMs: chars.map(
        ({ startMs, endMs }) => Math.round(endMs - fromMs) - Math.round(startMs - fromMs),
      ),
    };
    const isAligned = chars.length > 0 && !exchange.takeQuirk('noAlignment');
    const odd = exchange.takeQuirk('oddChunks') ? 1 : 0;
    if (odd > 0) send({ audio: bytes.subarray(0, odd).toString('base64'), isFinal: null, alignment: null });
    send({
      audio: bytes.subarray(odd).toString('base64'),
      isFinal: null,
      alignment: isAligned ? alignment : null,
      ...(isAligned ? { normalizedAlignment: alignment } : {}),
    });
  };

  const speak = async (text: string) => {
    const waitMs = (firstTextAtMs ?? 0) + delays.ttsFirstAudioMs - clock.nowMs();
    if (waitMs > 0) await delay(clock, waitMs, ending.signal);
    const times = charTimes(text);
    let blocks: Int16Array[] = [];
    let sentMs = 0;
    let madeMs = 0;
    const sendBlocks = (untilMs: number) => {
      sendSound(joinBlocks(blocks), times.until(untilMs), sentMs);
      sentMs = madeMs;
      blocks = [];
    };
    for await (const block of pacedSpeech(exchange.simulation, text, {
      sampleRateHz,
      signal: ending.signal,
    })) {
      times.add(block.words);
      blocks.push(block.samples);
      madeMs += (block.samples.length * 1000) / sampleRateHz;
      if (blocks.length === BLOCKS_A_MESSAGE) sendBlocks(madeMs);
    }
    sendBlocks(Number.POSITIVE_INFINITY);
  };

  const speakWaiting = () => {
    const text = waiting;
    waiting = '';
    if (text.trim() !== '') queue(() => speak(text));
  };

  return {
    add(text) {
      // The space that opens a context is not spoken.
      if (isClosed || (waiting === '' && text.trim() === '')) return;
      firstTextAtMs ??= clock.nowMs();
      waiting += text;
      if (isAutomatic ? /[.!?]\s*$/.test(waiting) : waiting.length >= SCHEDULED_CHARS) speakWaiting();
    },
    flush: speakWaiting,
    close() {
      if (isClosed) return;
      isClosed = true;
      waiting = '';
      queue(() => {
        send({ isFinal: true });
        options.onOver();
      });
    },
    stop: () => ending.abort(new Error('the context is over')),
  };
}
