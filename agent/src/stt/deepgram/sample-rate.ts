import type { AudioFrame } from '../../audio/frame.ts';
import { failed } from '../../runtime/deepgram-connection.ts';

/** Rate of the sound that is sent, in Hz. */
export const SAMPLE_RATE_HZ = 16_000;

export const msOf = (samples: number): number => (samples * 1000) / SAMPLE_RATE_HZ;

/** Throws ProviderError `bad_request` for sound of another rate than a stream was opened for. */
export function requireRate({ sampleRateHz }: AudioFrame): void {
  if (sampleRateHz === SAMPLE_RATE_HZ) return;
  throw failed('bad_request', `frames must be of ${SAMPLE_RATE_HZ} Hz, not ${sampleRateHz}`);
}
