import type { Stt, SttEvent } from '@parley/agent/stt/contract';
import type { Vad } from '@parley/agent/vad/contract';
import { GATE_FRAME_MS, QUIET_GATE, type SpeechGate, stepSpeechGate } from '@parley/engine/vad/speech-gate';

export type Heard = Extract<SttEvent, { type: 'final' }>;

const FRAME_SAMPLES = 512;
/** Silence before and after a sentence, in frames: 512 ms, and the default wait for the end of a turn. */
const FRAMES_AROUND = 16;
const VAD_PARAMS = { threshold: 0.5, prefixPaddingMs: 300 };

/** Plays a sentence to a recogniser through the VAD and the speech gate, as a call does. */
export async function hear(
  samples: Int16Array,
  stages: { readonly vad: Vad; readonly stt: Stt },
): Promise<Heard> {
  const ending = new AbortController();
  const ear = stages.vad.openEar();
  const { prefixPaddingMs } = VAD_PARAMS;
  const stream = stages.stt.open({ language: 'en', prefixPaddingMs, signal: ending.signal });
  let gate: SpeechGate = QUIET_GATE;
  const frameCount = Math.ceil(samples.length / FRAME_SAMPLES) + 2 * FRAMES_AROUND;
  for (let index = 0; index < frameCount; index++) {
    const frame = new Int16Array(FRAME_SAMPLES);
    const from = (index - FRAMES_AROUND) * FRAME_SAMPLES;
    if (from >= 0) frame.set(samples.subarray(from, from + FRAME_SAMPLES));
    const heard = { probability: await ear.process(frame), levelDb: 0, atMs: (index + 1) * GATE_FRAME_MS };
    const step = stepSpeechGate(gate, heard, VAD_PARAMS);
    gate = step.state;
    stream.push({ samples: frame, sampleRateHz: 16_000, isSpeech: step.isSpeech });
  }
  stream.finalize();
  for await (const event of stream) {
    if (event.type !== 'final') continue;
    ending.abort(new Error('heard'));
    return event;
  }
  throw new Error('the recogniser gave no final');
}
