import type {
  CommittedTranscriptMessage,
  CommittedTranscriptWithTimestampsMessage,
  PartialTranscriptMessage,
  ServerErrorMessage,
  SessionStartedMessage,
  WordsItem,
} from '@elevenlabs/elevenlabs-js/wrapper/realtime/connection.js';
import { z } from 'zod';
import { createHeardUtterances, type HeardEvent, type HeardWord } from '../heard-utterances.ts';
import type { SocketExchange, SocketListener } from '../simulated-vendor.ts';

/** Source: issue 378 of the vendor's packages: a commit of less new sound is ignored. */
const SHORTEST_COMMIT_MS = 300;
/** Source: the vendor's page on commit strategies: what was not committed is, after this long. */
const LONGEST_UNCOMMITTED_MS = 90_000;

/** Source: connection.d.ts and scribe.js of the SDK; the vendor's page shows `commit` alone too. */
const messageSchema = z.discriminatedUnion('message_type', [
  z.object({
    message_type: z.literal('input_audio_chunk'),
    audio_base_64: z.string(),
    commit: z.boolean().default(false),
    sample_rate: z.number().optional(),
  }),
  z.object({ message_type: z.literal('commit') }),
]);

type ScribeMessage =
  | SessionStartedMessage
  | PartialTranscriptMessage
  | CommittedTranscriptMessage
  | CommittedTranscriptWithTimestampsMessage
  | ServerErrorMessage;

/** One session of realtime recognition. */
export function openScribeSocket(exchange: SocketExchange): SocketListener {
  const { clock, delays, heard, id } = exchange.simulation;
  const { query } = exchange.request;
  const format = query.get('audio_format') ?? 'pcm_16000';
  const sampleRateHz = Number(/^pcm_(\d+)$/.exec(format)?.[1]);
  const modelId = query.get('model_id') ?? '';
  const isManual = query.get('commit_strategy') !== 'vad';
  const withTimes = query.get('include_timestamps') === 'true';
  const withLanguage = query.get('include_language_detection') === 'true';
  const utterances = createHeardUtterances({
    heard,
    sampleRateHz: sampleRateHz || 16_000,
    endSilenceMs: isManual ? null : 1000 * Number(query.get('vad_silence_threshold_secs') ?? 1.5),
  });
  const timers = new Set<() => void>();
  let committedMs = 0;

  const send = (message: ScribeMessage) => exchange.send(message);
  const later = (task: () => void) => {
    const cancel = clock.at(clock.nowMs() + delays.sttFinalMs, () => {
      timers.delete(cancel);
      task();
    });
    timers.add(cancel);
  };

  const begin = () => {
    if (!/^scribe_/.test(modelId) || !Number.isInteger(sampleRateHz)) {
      send({ message_type: 'invalid_request', error: `model ${modelId} with ${format} is not supported` });
      return exchange.close(1008, 'invalid_request');
    }
    send({
      message_type: 'session_started',
      session_id: id(16),
      config: {
        model_id: modelId,
        sample_rate: sampleRateHz,
        commit_strategy: isManual ? 'manual' : 'vad',
        include_timestamps: withTimes,
        include_language_detection: withLanguage,
        language_code: query.get('language_code'),
      } as SessionStartedMessage['config'],
    });
    // Source: issue 354 of the vendor's packages.
    if (!exchange.takeQuirk('quotaAfterStart')) return;
    send({ message_type: 'quota_exceeded', error: 'You have exceeded your quota.' });
    exchange.close(1008, 'quota_exceeded');
  };

  const commit = (ended: readonly HeardEvent[]) => {
    const fromMs = committedMs;
    committedMs = utterances.positionMs;
    const spoken = ended.filter((event) => event.type === 'ended');
    const isEmpty = exchange.takeQuirk('emptyFinal');
    const text = isEmpty ? '' : spoken.map((event) => event.text).join(' ');
    const words = isEmpty ? [] : spoken.flatMap((event) => event.words);
    later(() => {
      send({ message_type: 'committed_transcript', text });
      if (exchange.takeQuirk('noTimestamps') || !(withTimes || withLanguage)) return;
      const zeroMs = exchange.takeQuirk('timesFromCommit') ? fromMs : 0;
      send({
        message_type: 'committed_transcript_with_timestamps',
        text,
        ...(withLanguage ? { language_code: query.get('language_code') ?? 'en' } : {}),
        words: withTimes ? wordItems(words, exchange.skewMs - zeroMs) : null,
      });
    });
  };

  const hear = (events: readonly HeardEvent[]) => {
    for (const event of events) {
      if (event.type === 'words') {
        if (exchange.takeQuirk('unknownMessage')) exchange.send({ message_type: 'weather', text: 'rain' });
        const text = event.words.map((word) => word.text).join(' ');
        send({ message_type: 'partial_transcript', text });
      }
      if (event.type === 'ended' && !isManual) commit([event]);
    }
  };

  const commitNow = () => {
    if (utterances.positionMs - committedMs >= SHORTEST_COMMIT_MS) return commit(utterances.flush());
    send({ message_type: 'commit_throttled', error: 'Less than 0.3 s of audio since the last commit.' });
  };

  begin();
  return {
    text(text) {
      const parsed = messageSchema.safeParse(parse(text));
      if (!parsed.success) {
        send({ message_type: 'input_error', error: z.prettifyError(parsed.error) });
        return exchange.close(1008, 'input_error');
      }
      const message = parsed.data;
      if (message.message_type === 'commit') return commitNow();
      const bytes = Buffer.from(message.audio_base_64, 'base64');
      const samples = Int16Array.from({ length: bytes.length >> 1 }, (_, at) => bytes.readInt16LE(2 * at));
      hear(utterances.push(samples));
      if (message.commit) commitNow();
      else if (utterances.positionMs - committedMs >= LONGEST_UNCOMMITTED_MS) commit(utterances.flush());
    },
    binary() {
      send({ message_type: 'input_error', error: 'Send text frames.' });
      exchange.close(1008, 'input_error');
    },
    closed() {
      for (const cancel of timers) cancel();
    },
  };
}

/** Seconds from the start of the session. Source: WordsItem; whether they begin anew at a commit is not published. */
function wordItems(words: readonly HeardWord[], shiftMs: number): WordsItem[] {
  const seconds = (ms: number) => Math.round(ms + shiftMs) / 1000;
  return words.flatMap(({ text, startMs, endMs }, index) => {
    const word: WordsItem = { text, start: seconds(startMs), end: seconds(endMs), type: 'word' };
    const before = words[index - 1];
    if (before === undefined) return [word];
    return [{ text: ' ', start: seconds(before.endMs), end: seconds(startMs), type: 'spacing' }, word];
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
