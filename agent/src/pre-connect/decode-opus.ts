import { OpusDecoder } from 'opus-decoder';
import { LONGEST_PRE_CONNECT_MS, PRE_CONNECT_RATE_HZ, PreConnectError } from './contract.ts';

/** Packets between two looks at how much there is already: one may hold 120 ms. */
const PACKETS_AT_ONCE = 50;

/**
 * Decodes Opus straight to 16 kHz mono; stereo is mixed down. A damaged packet gives nothing. Throws PreConnectError
 * `too_long`, or `broken` where no packet is Opus.
 */
export async function decodeOpus(packets: readonly Uint8Array[]): Promise<Int16Array> {
  const decoder = new OpusDecoder({ sampleRate: PRE_CONNECT_RATE_HZ, channels: 2 });
  await decoder.ready;
  try {
    const blocks: Int16Array[] = [];
    let count = 0;
    for (let at = 0; at < packets.length; at += PACKETS_AT_ONCE) {
      const { channelData, samplesDecoded } = decoder.decodeFrames(packets.slice(at, at + PACKETS_AT_ONCE));
      count += samplesDecoded;
      if ((count * 1000) / PRE_CONNECT_RATE_HZ > LONGEST_PRE_CONNECT_MS) {
        throw new PreConnectError('too_long', `the buffer is longer than ${LONGEST_PRE_CONNECT_MS / 1000} s`);
      }
      blocks.push(mixDown(channelData, samplesDecoded));
    }
    if (count === 0) throw new PreConnectError('broken', 'no packet of the buffer is Opus');
    const samples = new Int16Array(count);
    let at = 0;
    for (const block of blocks) {
      samples.set(block, at);
      at += block.length;
    }
    return samples;
  } finally {
    decoder.free();
  }
}

function mixDown(channels: readonly Float32Array[], count: number): Int16Array {
  return Int16Array.from({ length: count }, (_, at) => {
    let sum = 0;
    for (const channel of channels) sum += channel[at] ?? 0;
    return Math.max(-32_768, Math.min(32_767, Math.round((sum / channels.length) * 32_768)));
  });
}
