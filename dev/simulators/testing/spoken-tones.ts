import type { HeardFrame, SttEvent, SttStream } from '@parley/agent/stt/contract';
import type { KnownSpeech } from '@parley/agent/stt/stt.contract';
import { makeTone } from '../steady-tone.ts';

const RATE_HZ = 16_000;
const FRAME_SAMPLES = 512;

/** Sentences of a script as their tones, with silence around them. */
export function spokenTones(sentences: readonly string[], toneMs = 800): readonly KnownSpeech[] {
  return sentences.map((text, index) => {
    const tone = makeTone(index, toneMs, RATE_HZ);
    const samples = new Int16Array(RATE_HZ / 2 + tone.length + RATE_HZ / 5);
    samples.set(tone, RATE_HZ / 2);
    return { text, samples };
  });
}

/** The sound as an ear gives it on: each frame with whether it holds any. */
export function framesOf({ samples }: KnownSpeech): readonly HeardFrame[] {
  return Array.from({ length: Math.ceil(samples.length / FRAME_SAMPLES) }, (_, index) => {
    const frame = new Int16Array(FRAME_SAMPLES);
    frame.set(samples.subarray(index * FRAME_SAMPLES, (index + 1) * FRAME_SAMPLES));
    return {
      samples: frame,
      sampleRateHz: RATE_HZ,
      isSpeech: frame.some((sample) => Math.abs(sample) > 500),
    };
  });
}

export function sayTo(stream: SttStream, speech: KnownSpeech): void {
  for (const frame of framesOf(speech)) stream.push(frame);
}

/** Events up to the final, it too. Throws what the stream throws, and where it ends without one. */
export async function untilFinal(events: AsyncIterator<SttEvent>): Promise<readonly SttEvent[]> {
  const heard: SttEvent[] = [];
  for (;;) {
    const { value, done } = await events.next();
    if (done === true) throw new Error('the stream ended before its final');
    heard.push(value);
    if (value.type === 'final') return heard;
  }
}
