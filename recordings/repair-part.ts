import { open } from 'node:fs/promises';
import { readStoredSound } from './stored-sound.ts';
import { PAIR_BYTES, wavHeader } from './wav-file.ts';

/**
 * Makes a part whose process was killed a WAV file that says its own length: a last sample that is not whole is cut,
 * and the sizes are set. Only for a part that nobody writes any more; done twice, it changes nothing. False for a file
 * without a whole header, which holds no sound and is left as it is.
 */
export async function repairPart(name: string): Promise<boolean> {
  const file = await open(name, 'r+');
  try {
    const sound = await readStoredSound(file);
    if (sound === null) return false;
    const soundBytes = sound.length * PAIR_BYTES;
    await file.truncate(sound.soundAt + soundBytes);
    const header = wavHeader(sound.info, soundBytes);
    await file.write(header, 0, header.length, 0);
    await file.datasync();
    return true;
  } finally {
    await file.close();
  }
}
