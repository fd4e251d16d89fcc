import type { SarvamAI } from 'sarvamai';
import { z } from 'zod';
import { createInOrder } from '../deepgram/in-order.ts';
import { createHeardUtterances, type HeardEvent } from '../heard-utterances.ts';
import type { SocketExchange, SocketListener } from '../simulated-vendor.ts';

const SAMPLE_RATES = ['8000', '16000'];
/** Silence after which an utterance is over, in ms. Source: the vendor's page of its streaming recogniser. */
const END_SILENCE_MS = { usual: 1_000, sensitive: 500 };
/** Source: what LiveKit's users saw. */
const IDLE_MS = 20_000;

/** Source: sarvamai 1.1.10 SpeechToTextStreamingModel, -LanguageCode; older ones by the vendor's documentation. */
const querySchema = z.object({
  'language-code': z.string().regex(/^(unknown|[a-z]{2,3}-IN)$/, 'is not a language of ours'),
  model: z.string().regex(/^(saaras:v[34]|saarika:v2\.5)$/, 'is not a model of ours'),
  mode: z.enum(['transcribe', 'translate', 'verbatim', 'translit', 'codemix']).optional(),
  sample_rate: z.enum(SAMPLE_RATES).default('16000'),
  input_audio_codec: z.enum(['pcm_s16le', 'pcm_l16', 'pcm_raw'], 'the simulator takes raw PCM'),
  vad_signals: z.string().optional(),
  flush_signal: z.string().optional(),
  high_vad_sensitivity: z.string().optional(),
});

/** Source: sarvamai 1.1.10 api/types AudioMessage, AudioData, SttFlushSignal; nothing else is let in. */
const clientMessageSchema = z.union([
  z.object({ type: z.literal('flush') }),
  z.object({
    type: z.literal('end_of_stream').optional(),
    audio: z.object({ data: z.base64(), sample_rate: z.number(), encoding: z.literal('audio/wav') }),
  }),
]);

/**
 * `/speech-to-text/ws`: one transcript an utterance, no interims. Known quirks: `lateKey`, a wrong key that is found out
 * with the first sound; `emptyTranscript`, nothing is understood of the next utterance; `deaf`, the next is not noticed;
 * `quota`, an error in mid-stream; `newEvent`, a message that no SDK knows.
 */
export function openRecogniser(exchange: SocketExchange): SocketListener {
  const { simulation, request } = exchange;
  const { clock, delays } = simulation;
  const inOrder = createInOrder(exchange);
  let cancelIdle = () => {};
  const stop = () => {
    cancelIdle();
    inOrder.stop();
  };
  const feed = () => {
    cancelIdle();
    cancelIdle = clock.at(clock.nowMs() + IDLE_MS, () => exchange.close(1008, 'inactivity'));
  };
  const refuse = (error: string, code: string) =>
    exchange.send({
      type: 'error',
      data: { error, code },
    } satisfies SarvamAI.SpeechToTextStreamingResponse);

  const asked = querySchema.safeParse(Object.fromEntries(request.query));
  if (!asked.success) {
    refuse(z.prettifyError(asked.error), 'invalid_request_error');
    exchange.close(4000, 'invalid_request_error');
    return { text() {}, binary() {} };
  }
  const query = asked.data;
  const utterances = createHeardUtterances({
    heard: simulation.heard,
    sampleRateHz: Number(query.sample_rate),
    endSilenceMs: query.high_vad_sensitivity === 'true' ? END_SILENCE_MS.sensitive : END_SILENCE_MS.usual,
  });
  let isDeaf = false;

  const signal = (signal_type: 'START_SPEECH' | 'END_SPEECH') => {
    if (query.vad_signals !== 'true') return;
    exchange.send({
      type: 'events',
      data: { signal_type, occured_at: (simulation.epochMs() + exchange.skewMs) / 1000 },
    } satisfies SarvamAI.SpeechToTextStreamingResponse);
  };
  const transcribe = (event: HeardEvent & { readonly type: 'ended' }) => {
    const transcript = exchange.takeQuirk('emptyTranscript') ? '' : event.text;
    const isKnown = query['language-code'] !== 'unknown';
    inOrder.after(delays.sttFinalMs, () =>
      exchange.send({
        type: 'data',
        data: {
          request_id: simulation.id(16),
          transcript,
          language_code: isKnown ? query['language-code'] : 'hi-IN',
          language_probability: isKnown ? 1 : 0.98,
          metrics: {
            audio_duration: (event.endMs - event.startMs) / 1000,
            processing_latency: delays.sttFinalMs / 1000,
          },
        },
      } satisfies SarvamAI.SpeechToTextStreamingResponse),
    );
  };
  const tell = (event: HeardEvent) => {
    if (event.type === 'started') {
      isDeaf = exchange.takeQuirk('deaf');
      if (!isDeaf) signal('START_SPEECH');
    }
    if (event.type !== 'ended' || isDeaf) return;
    signal('END_SPEECH');
    transcribe(event);
  };

  feed();
  if (exchange.takeQuirk('newEvent')) exchange.send({ type: 'weather', data: { is: 'fine' } });
  return {
    text(text) {
      feed();
      const message = clientMessageSchema.safeParse(JSON.parse(text));
      if (!message.success) return refuse('a message must hold audio', 'invalid_request_error');
      if (!('audio' in message.data)) {
        if (query.flush_signal === 'true') for (const event of utterances.flush()) tell(event);
        return;
      }
      if (exchange.takeQuirk('lateKey')) return exchange.close(4003, 'Invalid API key');
      if (exchange.takeQuirk('quota')) return refuse('No credits available.', 'insufficient_quota_error');
      const bytes = Buffer.from(message.data.audio.data, 'base64');
      const samples = new Int16Array(bytes.length >> 1).map((_, index) => bytes.readInt16LE(2 * index));
      for (const event of utterances.push(samples)) tell(event);
    },
    binary: () => refuse('a message must be text', 'invalid_request_error'),
    closed: stop,
  };
}
