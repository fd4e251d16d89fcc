import { z } from 'zod';
import { readSarvam, sarvamErrorSchema } from '../runtime/sarvam-connection.ts';

/** Source: sarvamai 1.1.10 api/types SpeechToTextStreamingResponse and what it names. */
const serverMessageSchema = z.union([
  z.object({
    type: z.literal('events'),
    data: z.object({ signal_type: z.enum(['START_SPEECH', 'END_SPEECH']).nullish() }),
  }),
  z.object({
    type: z.literal('data'),
    data: z.object({ transcript: z.string(), language_code: z.string().nullish() }),
  }),
  z.object({ type: z.literal('error'), data: sarvamErrorSchema }),
  // What the vendor may add one day.
  z.object({ type: z.string().regex(/^(?!events$|data$|error$)/) }).transform(() => null),
]);

/** Null for a message that says nothing to us. Throws ProviderError `protocol` for one that cannot be read. */
export function readRecogniserMessage(text: string) {
  return readSarvam(text, serverMessageSchema);
}

export const FLUSH = JSON.stringify({ type: 'flush' });

/** Raw PCM goes under this name too; the address tells its codec. Source: sarvamai 1.1.10 api/types/AudioData. */
export function audioMessage(samples: Int16Array, sampleRateHz: number): string {
  const data = Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength).toString('base64');
  return JSON.stringify({ audio: { data, sample_rate: sampleRateHz, encoding: 'audio/wav' } });
}
