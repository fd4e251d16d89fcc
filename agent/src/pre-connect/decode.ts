import type { KeptSound } from '../audio/kept-sound.ts';
import { PreConnectError } from './contract.ts';
import { decodeOpus } from './decode-opus.ts';
import { decodePcm } from './decode-pcm.ts';
import { demuxOpus } from './demux.ts';

/** Video types too: on some phones a recorder of sound alone knows no other name. */
const CONTAINERS = /^(audio|video)\/(webm|ogg|mp4)\b/i;
const PCM = /^audio\/pcm\b/i;

/** Makes 16 kHz mono of a page's buffer, by its MIME type. Throws PreConnectError and nothing else. */
export async function decodeKeptSound(sound: KeptSound): Promise<Int16Array> {
  try {
    if (PCM.test(sound.mimeType)) return decodePcm(sound);
    if (CONTAINERS.test(sound.mimeType)) return await decodeOpus((await demuxOpus(sound.bytes)).packets);
  } catch (error) {
    if (error instanceof PreConnectError) throw error;
    throw new PreConnectError('broken', `the buffer cannot be decoded: ${String(error)}`, { cause: error });
  }
  const name = sound.mimeType.slice(0, 100);
  throw new PreConnectError(
    'not_audio',
    `a buffer of type "${name}" is not taken; send WebM, Ogg or MP4 with Opus, or PCM`,
  );
}
