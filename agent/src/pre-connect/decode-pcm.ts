import type { KeptSound } from '../audio/kept-sound.ts';
import { resample } from '../audio/resampler.ts';
import { LONGEST_PRE_CONNECT_MS, PRE_CONNECT_RATE_HZ, PreConnectError } from './contract.ts';

const BYTES_A_SAMPLE = 2;
/** Rates that recorders use, in Hz. */
const LOWEST_RATE_HZ = 8_000;
const HIGHEST_RATE_HZ = 48_000;
const MOST_CHANNELS = 2;

/**
 * Reads interleaved little-endian 16-bit PCM as 16 kHz mono. The rate is that of the MIME type, else that of the
 * attributes. Throws PreConnectError `broken` or `too_long`.
 */
export function decodePcm({ mimeType, sampleRateHz, channels, bytes }: KeptSound): Int16Array {
  const rateHz = Number(/;\s*rate=(\d+)/i.exec(mimeType)?.[1] ?? sampleRateHz);
  // The resampler designs a filter for each phase: a rate without common measure would cost thousands of them.
  if (!(rateHz >= LOWEST_RATE_HZ && rateHz <= HIGHEST_RATE_HZ && rateHz % 25 === 0)) {
    throw new PreConnectError(
      'broken',
      `PCM of ${rateHz} Hz cannot be taken; send 16 kHz, or any recorder's rate from ${LOWEST_RATE_HZ} to ${HIGHEST_RATE_HZ} Hz`,
    );
  }
  if (!Number.isInteger(channels) || channels < 1 || channels > MOST_CHANNELS) {
    throw new PreConnectError('broken', `PCM of ${channels} channels cannot be taken; send one or two`);
  }
  const count = Math.floor(bytes.byteLength / (BYTES_A_SAMPLE * channels));
  if (count === 0) throw new PreConnectError('broken', 'the buffer holds no sound');
  if ((count * 1000) / rateHz > LONGEST_PRE_CONNECT_MS) {
    throw new PreConnectError('too_long', `the buffer is longer than ${LONGEST_PRE_CONNECT_MS / 1000} s`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const mono = Int16Array.from({ length: count }, (_, at) => {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++) {
      sum += view.getInt16((at * channels + channel) * BYTES_A_SAMPLE, true);
    }
    return Math.round(sum / channels);
  });
  return resample(mono, { fromHz: rateHz, toHz: PRE_CONNECT_RATE_HZ });
}
