import type { Deepgram } from '@deepgram/sdk';
import { delay } from '@parley/agent/runtime/clock';
import type { SocketExchange, SocketListener } from '../simulated-vendor.ts';
import { readClientMessage } from './client-message.ts';
import { requestIdOf } from './request-id.ts';

/** Source: the vendor's page on Flush. */
const FLUSH_WINDOW_MS = 60_000;
const MOST_FLUSHES = 20;
/** Sound ahead of what could have sounded; beyond that it comes at ten times its own pace. */
const LEAD_MS = 500;
const FASTER = 10;
/** Time that a Clear takes; sound that was under way still comes. */
const CLEAR_MS = 5;

/** `/v1/speak`: Aura. One text after another, each flushed; the sound tells nothing of whose it is. */
export function openSpeak(exchange: SocketExchange): SocketListener {
  const { simulation, request } = exchange;
  const { clock, voice, delays } = simulation;
  const sampleRateHz = Number(request.query.get('sample_rate') ?? 24_000);
  const model = request.query.get('model') ?? 'aura-asteria-en';
  let text = '';
  let flushedAtMs: readonly number[] = [];
  let sequence = 0;
  let speaking = new AbortController();
  /** Ends when everything asked for so far is done. */
  let work: Promise<void> = Promise.resolve();
  let last: Uint8Array | null = null;

  // Source: speak/resources/v1/types of the SDK, for every message here.
  exchange.send({
    type: 'Metadata',
    request_id: requestIdOf(request),
    model_name: model,
    model_version: '2026-10-01.0',
    model_uuid: '00000000-0000-4000-8000-000000000002',
  } satisfies Deepgram.speak.SpeakV1Metadata);

  const sendSound = (samples: Int16Array) => {
    const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
    last = bytes;
    if (bytes.length > 2 && exchange.takeQuirk('oddChunks')) {
      exchange.send(bytes.subarray(0, 1));
      exchange.send(bytes.subarray(1));
    } else exchange.send(bytes);
  };

  const speak = async (spoken: string, signal: AbortSignal) => {
    await delay(clock, delays.ttsFirstAudioMs, signal);
    const startedAtMs = clock.nowMs();
    let soundMs = 0;
    if (!exchange.takeQuirk('noSound')) {
      for await (const { samples } of voice.speak(spoken, { sampleRateHz, signal })) {
        const aheadMs = soundMs - LEAD_MS - FASTER * (clock.nowMs() - startedAtMs);
        if (aheadMs > 0) await delay(clock, aheadMs / FASTER, signal);
        if (samples.length > 0) sendSound(samples);
        soundMs += (samples.length * 1000) / sampleRateHz;
      }
    }
    if (signal.aborted) return;
    exchange.send({ type: 'Flushed', sequence_id: sequence++ } satisfies Deepgram.speak.SpeakV1Flushed);
  };

  const flush = () => {
    const spoken = text;
    text = '';
    const { signal } = speaking;
    work = work.then(async () => {
      // A Clear ends it; what else fails is a fault of the simulator.
      await speak(spoken, AbortSignal.any([signal, exchange.signal])).catch((error: unknown) => {
        if (!signal.aborted && !exchange.signal.aborted) throw error;
      });
    });
  };

  const askFlush = () => {
    const nowMs = clock.nowMs();
    flushedAtMs = flushedAtMs.filter((atMs) => nowMs - atMs < FLUSH_WINDOW_MS);
    if (flushedAtMs.length < MOST_FLUSHES) {
      flushedAtMs = [...flushedAtMs, nowMs];
      return flush();
    }
    // The words and the code are ours: the vendor's page tells only that there is a warning.
    exchange.send({
      type: 'Warning',
      code: 'FLUSH_LIMIT',
      description: `At most ${MOST_FLUSHES} Flush messages are processed in 60 seconds.`,
    } satisfies Deepgram.speak.SpeakV1Warning);
  };

  const clear = () => {
    exchange.noteCancel('Clear');
    text = '';
    speaking.abort(new Error('cleared'));
    speaking = new AbortController();
    if (last !== null) exchange.send(last);
    if (exchange.takeQuirk('neverCleared')) return;
    work = work.then(async () => {
      await delay(clock, CLEAR_MS, exchange.signal).catch(() => {});
      exchange.send({ type: 'Cleared', sequence_id: sequence++ } satisfies Deepgram.speak.SpeakV1Cleared);
    });
  };

  return {
    binary: () => exchange.close(1008, 'DATA-0000: sound is not understood here'),
    text(received) {
      const message = readClientMessage(received);
      switch (message?.type) {
        case 'Speak':
          text += String(message.text ?? '');
          return;
        case 'Flush':
          return askFlush();
        case 'Clear':
          return clear();
        case 'Close':
          if (text !== '') flush();
          work = work.then(() => exchange.close(1000));
          return;
        default:
          return exchange.close(1003, 'MESSAGE-0000: the message cannot be read');
      }
    },
    closed: () => speaking.abort(new Error('closed')),
  };
}
