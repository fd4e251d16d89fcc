import { delay } from '@parley/agent/runtime/clock';
import { z } from 'zod';
import type { HttpRoute } from '../simulated-vendor.ts';
import { refuse } from './refuse.ts';

/** Source: the vendor's guide to speech: PCM is 24 kHz, 16 bits, without a header. */
const PCM_RATE_HZ = 24_000;
/** Source: openai 6.49 resources/audio/speech.d.ts. */
const LONGEST_INPUT = 4_096;
const VOICES = 'alloy ash ballad coral echo fable onyx nova sage shimmer verse marin cedar'.split(' ');

/** Source: openai 6.49 resources/audio/speech.d.ts SpeechCreateParams. */
const requestSchema = z.object({
  model: z.string().regex(/^(tts-1|tts-1-hd|gpt-4o-mini-tts.*)$/, 'the model does not exist'),
  input: z.string().min(1).max(LONGEST_INPUT, `String should have at most ${LONGEST_INPUT} characters`),
  voice: z.enum(VOICES),
  instructions: z.string().optional(),
  response_format: z.literal('pcm', 'the simulator makes pcm alone'),
  speed: z.number().min(0.25).max(4).default(1),
});

/**
 * `POST /audio/speech`: text in, sound out as it is made, in pieces that end in the middle of a sample. Known quirks:
 * `noSound`, an answer of no bytes; `textForSound`, an error page with status 200.
 */
export const speechRoute: HttpRoute = {
  kind: 'http',
  method: 'POST',
  stage: 'tts',
  path: /^\/audio\/speech$/,
  async answer(exchange) {
    const { request, simulation, signal } = exchange;
    const parsed = requestSchema.safeParse(JSON.parse(Buffer.from(request.body).toString('utf8')));
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      return refuse(exchange, { message: issue?.message ?? 'invalid', param: issue?.path.join('.') ?? '' });
    }
    await delay(simulation.clock, simulation.delays.ttsFirstAudioMs, signal);
    if (exchange.takeQuirk('textForSound')) return exchange.json(200, { error: 'please try again' });
    exchange.begin(200, { 'content-type': 'audio/pcm', 'openai-processing-ms': '100' });
    if (exchange.takeQuirk('noSound')) return exchange.end();
    let waiting = Buffer.alloc(0);
    const blocks = simulation.voice.speak(parsed.data.input, { sampleRateHz: PCM_RATE_HZ, signal });
    for await (const { samples } of blocks) {
      const bytes = Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
      const all = Buffer.concat([waiting, bytes]);
      const cut = all.length - (1 - (all.length % 2));
      if (cut > 0) exchange.write(all.subarray(0, cut));
      waiting = all.subarray(Math.max(0, cut));
    }
    if (waiting.length > 0) exchange.write(waiting);
    exchange.end();
  },
};
