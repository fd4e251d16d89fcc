import type { Logger } from 'pino';
import { createResampler, type Resampler } from '../audio/resampler.ts';
import { createAsyncQueue } from '../runtime/async-queue.ts';
import type { Clock } from '../runtime/clock.ts';
import type { HeardFrame, SttEvent, SttStream } from './contract.ts';
import { answeringFinal, NOTHING_SAID } from './final-event.ts';
import { readServerMessage, sessionError } from './openai-realtime-messages.ts';
import { frameMs, recentFrames } from './recent-frames.ts';
import { openSpeechSocket } from './speech-socket.ts';

/** Events that may wait to be read; a reader that is further behind has stopped reading. */
const MOST_EVENTS = 1_000;
/** The only rate of PCM that a session takes, in Hz. */
const SESSION_RATE_HZ = 24_000;
/** Speech shorter than this, in ms, is a click or a cough; the session refuses less than 100 ms. */
const SHORTEST_SPEECH_MS = 160;

export interface RealtimeSettings {
  readonly provider: string;
  readonly model: string;
  readonly apiKey: string;
  readonly baseUrl: string;
  /** ISO 639; undefined: the model finds out. */
  readonly language: string | undefined;
  readonly prompt: string | undefined;
  readonly noiseReduction: 'near_field' | 'far_field' | null;
}

/** What somebody says now: nothing yet, with what came before it, or something, which goes out as it comes. */
type Utterance =
  | { readonly kind: 'quiet'; readonly before: readonly HeardFrame[] }
  | { readonly kind: 'speaking'; readonly resampler: Resampler; readonly speechMs: number };

/** A final that was asked for. Its item is known once the session has taken the sound. */
type Owed = { readonly kind: 'silence' } | { readonly kind: 'item'; itemId: string | null };

interface Item {
  text: string;
  isWhole: boolean;
}

/**
 * One ear's transcription session. Sound goes out while somebody speaks and not between; the session's own end of turn is
 * off, and an utterance is committed when its final is asked for. Texts may come in any order, finals do not.
 */
export function openRealtimeStream(options: {
  readonly settings: RealtimeSettings;
  readonly prefixPaddingMs: number;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly log: Logger;
}): SttStream {
  const { settings, prefixPaddingMs, clock, log } = options;
  const { provider } = settings;
  const failing = new AbortController();
  const signal = AbortSignal.any([options.signal, failing.signal]);
  const events = createAsyncQueue<SttEvent>(MOST_EVENTS);
  const items = new Map<string, Item>();
  const owed: Owed[] = [];
  let utterance: Utterance = { kind: 'quiet', before: [] };
  let droppedFrames = 0;

  const fail = (error: unknown) => {
    if (signal.aborted) return;
    events.fail(error);
    failing.abort(error);
  };
  if (options.signal.aborted) events.end();
  else options.signal.addEventListener('abort', () => events.end(), { once: true });

  const socket = openSpeechSocket({
    provider,
    // No model in the address: it would make a conversation of the session.
    url: `${settings.baseUrl}/realtime?intent=transcription`,
    headers: { authorization: `Bearer ${settings.apiKey}` },
    secrets: [settings.apiKey],
    signal,
    clock,
    greeting: [JSON.stringify(sessionUpdate(settings))],
    mayRest: () => utterance.kind === 'quiet' && owed.length === 0,
    closeError(code, reason) {
      const [type = '', ...rest] = reason.split('.');
      const told = { type, code: rest.join('.'), message: reason || `the session closed with ${code}` };
      // A session lasts an hour at most, and says so by an ordinary close.
      return { error: sessionError(provider, told), isIdle: code === 1000 || code === 1001 || code === 1005 };
    },
    onText(text) {
      try {
        hear(text);
      } catch (error) {
        fail(error);
      }
    },
    onLost: fail,
    onDropped() {
      droppedFrames += 1;
      if (droppedFrames === 1)
        log.warn({ provider }, 'the session opens slowly: the oldest sound is dropped');
    },
  });

  const itemOf = (itemId: string): Item => {
    const item = items.get(itemId) ?? { text: '', isWhole: false };
    items.set(itemId, item);
    return item;
  };

  const hear = (text: string) => {
    const message = readServerMessage(provider, text);
    switch (message?.type) {
      case 'input_audio_buffer.committed': {
        const taken = owed.find((entry) => entry.kind === 'item' && entry.itemId === null);
        if (taken?.kind === 'item') taken.itemId = message.item_id;
        return settle();
      }
      case 'conversation.item.input_audio_transcription.delta': {
        const item = itemOf(message.item_id);
        item.text += message.delta;
        const [next] = owed;
        const isNext = next === undefined || (next.kind === 'item' && next.itemId === message.item_id);
        if (isNext && !item.isWhole && item.text.trim() !== '')
          events.push({ type: 'interim', text: item.text.trim() });
        return;
      }
      case 'conversation.item.input_audio_transcription.completed':
        items.set(message.item_id, { text: message.transcript, isWhole: true });
        return settle();
      case 'conversation.item.input_audio_transcription.failed':
        return fail(sessionError(provider, message.error));
      case 'error':
        if (message.error.code !== 'input_audio_buffer_commit_empty') {
          return fail(sessionError(provider, message.error));
        }
        return takeBackCommit();
      case undefined:
        return;
    }
  };

  /** The session found nothing in what was committed. */
  const takeBackCommit = () => {
    const place = owed.findIndex((entry) => entry.kind === 'item' && entry.itemId === null);
    if (place >= 0) owed[place] = { kind: 'silence' };
    settle();
  };

  const settle = () => {
    for (let next = owed[0]; next !== undefined; next = owed[0]) {
      if (next.kind === 'silence') events.push(answeringFinal(NOTHING_SAID));
      else {
        const item = next.itemId === null ? undefined : items.get(next.itemId);
        if (next.itemId === null || item?.isWhole !== true) return;
        events.push(answeringFinal({ text: item.text, words: [] }));
        items.delete(next.itemId);
      }
      owed.shift();
    }
  };

  const append = (samples: Int16Array) => {
    if (samples.length === 0) return;
    const audio = Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength).toString('base64');
    socket.sendSound(JSON.stringify({ type: 'input_audio_buffer.append', audio }));
  };

  return {
    push(frame) {
      if (signal.aborted) return;
      if (utterance.kind === 'quiet') {
        const before = [...utterance.before, frame];
        if (!frame.isSpeech) {
          utterance = { kind: 'quiet', before: recentFrames(before, prefixPaddingMs) };
          return;
        }
        const resampler = createResampler({ fromHz: frame.sampleRateHz, toHz: SESSION_RATE_HZ });
        utterance = { kind: 'speaking', resampler, speechMs: frameMs(frame) };
        for (const { samples } of before) append(resampler.push(samples));
        return;
      }
      const { resampler, speechMs } = utterance;
      utterance = { ...utterance, speechMs: speechMs + (frame.isSpeech ? frameMs(frame) : 0) };
      append(resampler.push(frame.samples));
    },
    finalize() {
      if (signal.aborted) return;
      if (utterance.kind === 'quiet') owed.push({ kind: 'silence' });
      else {
        append(utterance.resampler.flush());
        const isSpeech = utterance.speechMs >= SHORTEST_SPEECH_MS;
        socket.send(JSON.stringify({ type: `input_audio_buffer.${isSpeech ? 'commit' : 'clear'}` }));
        owed.push(isSpeech ? { kind: 'item', itemId: null } : { kind: 'silence' });
        utterance = { kind: 'quiet', before: [] };
      }
      settle();
    },
    async *[Symbol.asyncIterator]() {
      for await (const event of events) {
        if (options.signal.aborted) return;
        yield event;
      }
    },
  };
}

/** Source: openai 6.49 RealtimeTranscriptionSessionCreateRequest. */
function sessionUpdate({ model, language, prompt, noiseReduction }: RealtimeSettings) {
  return {
    type: 'session.update',
    session: {
      type: 'transcription',
      audio: {
        input: {
          format: { type: 'audio/pcm', rate: SESSION_RATE_HZ },
          noise_reduction: noiseReduction === null ? null : { type: noiseReduction },
          transcription: {
            model,
            ...(language === undefined ? {} : { language }),
            ...(prompt === undefined ? {} : { prompt }),
          },
          turn_detection: null,
        },
      },
    },
  };
}
