import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { SyntheticSound } from './synthetic-sounds.ts';

/** 32-bit floats in little-endian order, in base64. */
const floats = z.base64().transform((text) => {
  const bytes = Buffer.from(text, 'base64');
  return Float32Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(4 * index));
});

const sound = z.object({
  probability: z.number(),
  /** Of each frame in `frames` its 80 bands. */
  features: floats,
});

const referenceSchema = z.object({
  /** Numbers of the frames that are kept, 0 to 799. */
  frames: z.array(z.number()),
  sounds: z.object({ chirp: sound, short: sound, long: sound } satisfies Record<
    SyntheticSound['name'],
    typeof sound
  >),
});

/** What reference.py wrote. */
export async function readReference(): Promise<z.infer<typeof referenceSchema>> {
  const file = new URL('./reference.json', import.meta.url);
  return referenceSchema.parse(JSON.parse(await readFile(file, 'utf8')));
}
