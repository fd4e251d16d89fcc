import type { AudioFrame } from '../../audio/frame.ts';
import { failed } from '../../runtime/deepgram-connection.ts';
import { SAMPLE_RATE_HZ } from './sound-in.ts';

/** Throws ProviderError `bad_request` for sound of another rate than a stream was opened for. */
export function requireRate({ sampleRateHz }: AudioFrame): void {
  if (sampleRateHz === SAMPLE_RATE_HZ) return;
  throw failed('bad_request', `frames must be of ${SAMPLE_RATE_HZ} Hz, not ${sampleRateHz}`);
}
