import { delay } from '@parley/agent/runtime/clock';
import type { SarvamAI } from 'sarvamai';
import { z } from 'zod';
import type { SocketExchange, SocketListener } from '../simulated-vendor.ts';

/** Source: sarvamai 1.1.10 api/types/PingSignal. */
const IDLE_MS = 60_000;
/** Sound ahead of what could have sounded, in ms; beyond that it comes at ten times its own pace. */
const LEAD_MS = 500;
const FASTER = 10;
/** Source: the vendor's page of its streaming voice. */
const LONGEST_TEXT = 2_500;

/** Speakers by model. Source: sarvamai 1.1.10 api/types/ConfigureConnection. */
const SPEAKERS: Readonly<Record<string, readonly string[]>> = {
  'bulbul:v2': ['anushka', 'manisha', 'vidya', 'arya', 'abhilash', 'karun', 'hitesh'],
  'bulbul:v3': ['shubh', 'aditya', 'ritu', 'priya', 'neha', 'rahul', 'pooja', 'rohan', 'simran', 'kavya'],
};

const language = z.string().regex(/^(bn|en|gu|hi|kn|ml|mr|od|pa|ta|te)-IN$/);
const configSchema = z
  .object({
    // One of the two: documentation and SDK differ.
    target_language_code: language.optional(),
    language_code: language.optional(),
    model: z.string().optional(),
    speaker: z.string(),
    pace: z.number().min(0.3).max(3).default(1),
    pitch: z.number().min(-0.75).max(0.75).optional(),
    loudness: z.number().min(0.3).max(3).optional(),
    temperature: z.number().min(0.01).max(1).optional(),
    speech_sample_rate: z.coerce
      .number()
      .pipe(z.union([8_000, 16_000, 22_050, 24_000].map((hz) => z.literal(hz)))),
    output_audio_codec: z.literal('linear16', 'the simulator makes linear16'),
    min_buffer_size: z.number().int().min(1).default(50),
  })
  .refine(
    (config) => (config.target_language_code ?? config.language_code) !== undefined,
    'a language is missing',
  );

/** Source: sarvamai 1.1.10 api/types ConfigureConnection, SendText, FlushSignal, PingSignal. */
const clientMessageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('config'), data: configSchema }),
  z.object({ type: z.literal('text'), data: z.object({ text: z.string().min(1).max(LONGEST_TEXT) }) }),
  z.object({ type: z.literal('flush') }),
  z.object({ type: z.literal('ping') }),
]);

/**
 * `/text-to-speech/ws`: text is gathered until there is enough of it or it is flushed, then spoken; it cannot be stopped.
 * Known quirks: `noSound`, a text without sound; `newEvent`, a message that no SDK knows.
 */
export function openVoice(exchange: SocketExchange): SocketListener {
  const { simulation, request, signal } = exchange;
  const { clock, delays, voice } = simulation;
  const requestId = simulation.id(16);
  const model = request.query.get('model') ?? 'bulbul:v2';
  let config: z.output<typeof configSchema> | null = null;
  let gathered = '';
  let speakingCount = 0;
  let work: Promise<void> = Promise.resolve();
  let cancelIdle = () => {};
  const feed = () => {
    cancelIdle();
    cancelIdle = clock.at(clock.nowMs() + IDLE_MS, () => exchange.close(1000, 'idle'));
  };
  const refuse = (message: string, code = 400) =>
    exchange.send({
      type: 'error',
      data: { message, code, request_id: requestId },
    } satisfies SarvamAI.ErrorResponse);

  const sendSound = (bytes: Uint8Array) =>
    exchange.send({
      type: 'audio',
      data: {
        content_type: 'audio/pcm',
        audio: Buffer.from(bytes).toString('base64'),
        request_id: requestId,
      },
    } satisfies SarvamAI.AudioOutput);

  const speak = async (text: string, sampleRateHz: number) => {
    await delay(clock, delays.ttsFirstAudioMs, signal);
    if (exchange.takeQuirk('noSound')) return;
    const startedAtMs = clock.nowMs();
    let soundMs = 0;
    for await (const { samples } of voice.speak(text, { sampleRateHz, signal })) {
      const aheadMs = soundMs - LEAD_MS - FASTER * (clock.nowMs() - startedAtMs);
      if (aheadMs > 0) await delay(clock, aheadMs / FASTER, signal);
      soundMs += (samples.length * 1000) / sampleRateHz;
      const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
      // Pieces end in the middle of a sample.
      const cut = (bytes.length >> 2) * 2 + 1;
      if (bytes.length > cut)
        for (const part of [bytes.subarray(0, cut), bytes.subarray(cut)]) sendSound(part);
      else if (bytes.length > 0) sendSound(bytes);
    }
  };
  const enqueue = (step: () => Promise<void>) => {
    speakingCount += 1;
    work = work
      .then(step)
      .catch(() => {})
      .finally(() => {
        speakingCount -= 1;
      });
  };
  const speakGathered = () => {
    const text = gathered;
    const rate = config?.speech_sample_rate ?? 0;
    gathered = '';
    if (text !== '') enqueue(() => speak(text, rate));
  };

  const hear = (message: z.output<typeof clientMessageSchema>) => {
    if (message.type === 'ping') return;
    if (message.type === 'config') {
      speakGathered();
      const { speaker } = message.data;
      if (!SPEAKERS[model]?.includes(speaker))
        return refuse(`Speaker ${speaker} is not recognized for ${model}.`);
      config = message.data;
      return;
    }
    if (config === null) return refuse('A config message must come first.');
    if (message.type === 'text') {
      gathered += message.data.text;
      if (gathered.length >= config.min_buffer_size) speakGathered();
      return;
    }
    speakGathered();
    if (request.query.get('send_completion_event') !== 'true') return;
    enqueue(async () => {
      const timestamp = new Date(simulation.epochMs() + exchange.skewMs).toISOString();
      exchange.send({
        type: 'event',
        data: { event_type: 'final', timestamp },
      } satisfies SarvamAI.EventResponse);
    });
  };

  feed();
  if (!(model in SPEAKERS)) {
    refuse(`Model ${model} is not known.`);
    exchange.close(4000, 'invalid_request_error');
  }
  if (exchange.takeQuirk('newEvent')) exchange.send({ type: 'weather', data: { is: 'fine' } });
  return {
    text(text) {
      feed();
      const message = clientMessageSchema.safeParse(JSON.parse(text));
      if (message.success) hear(message.data);
      else refuse(z.prettifyError(message.error), 422);
    },
    binary: () => refuse('a message must be text'),
    closed() {
      cancelIdle();
      if (speakingCount > 0) exchange.noteCancel('the line closed while it spoke');
    },
  };
}
