import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseWave } from '@parley/agent/tts/flite/wave';
import { createSeededRandom } from '../../seeded-random.ts';
import { LEAST_WORDS, pausedClip, type SpokenClip, type Utterance, wholeClip } from './clip.ts';
import { RECORDINGS } from './recordings.ts';

/** Where Debian's package pocketsphinx-testdata puts its recordings. */
export const RECORDINGS_FOLDER = '/usr/share/pocketsphinx/test/data';

/** Each place is heard so often, with pauses and frames drawn anew. */
const TIMES = 3;

/**
 * People's speech: every recording as it is, and with a pause at each word boundary that has two words on either side.
 * Null where the recordings are not there.
 */
export async function readRecordedClips(seed: number): Promise<readonly SpokenClip[] | null> {
  const utterances = await Promise.all(RECORDINGS.map(readUtterance));
  if (utterances.some((utterance) => utterance === null)) return null;
  const random = createSeededRandom(seed);
  return utterances.flatMap((utterance) => {
    if (utterance === null) return [];
    const places = Math.max(0, utterance.words.length - 2 * LEAST_WORDS + 1);
    const wordsBefore = Array.from({ length: places }, (_, index) => LEAST_WORDS + index);
    return Array.from({ length: TIMES }, () => [
      wholeClip(utterance, random),
      ...wordsBefore.map((count) => pausedClip(utterance, count, random)),
    ]).flat();
  });
}

async function readUtterance({ file, words }: (typeof RECORDINGS)[number]): Promise<Utterance | null> {
  const bytes = await readFile(join(RECORDINGS_FOLDER, file)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (bytes === null) return null;
  const samples = file.endsWith('.wav') ? parseWave(bytes)?.samples : littleEndian(bytes);
  if (samples === undefined) throw new Error(`${file} of pocketsphinx-testdata is no WAVE file of 16 bits`);
  const said = words.map(([text, endMs]) => ({ text, endMs }));
  return { name: file, samples, words: said };
}

function littleEndian(bytes: Buffer): Int16Array {
  return Int16Array.from({ length: Math.floor(bytes.length / 2) }, (_, index) =>
    bytes.readInt16LE(2 * index),
  );
}
