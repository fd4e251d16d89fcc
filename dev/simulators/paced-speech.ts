import { delay } from '@parley/agent/runtime/clock';
import type { SpokenBlock } from './simulated-voice.ts';
import type { Simulation } from './simulation.ts';

/** Sound is made this many times faster than it is spoken. Source: Cartesia tells a real-time factor of about 0.1. */
const TIMES_REAL_TIME = 10;

/** The sound of a text as fast as a vendor makes it. Rejects with the signal's reason when aborted. */
export async function* pacedSpeech(
  { clock, voice }: Simulation,
  text: string,
  options: { readonly sampleRateHz: number; readonly signal: AbortSignal },
): AsyncGenerator<SpokenBlock> {
  const { sampleRateHz, signal } = options;
  const startedAtMs = clock.nowMs();
  let madeMs = 0;
  for await (const block of voice.speak(text, options)) {
    yield block;
    madeMs += (block.samples.length * 1000) / sampleRateHz;
    const aheadMs = madeMs / TIMES_REAL_TIME - (clock.nowMs() - startedAtMs);
    if (aheadMs > 1) await delay(clock, aheadMs, signal);
  }
  signal.throwIfAborted();
}
