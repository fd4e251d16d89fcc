import { writeFile } from 'node:fs/promises';

/** Something said at a time. */
export interface TimedSpeech {
  readonly atMs: number;
  readonly samples: Int16Array;
}

/** Mixes speech into one sound with silence between; what overlaps is added and kept within range. */
export function mixSpeech({
  speeches,
  sampleRateHz,
  durationMs,
}: {
  readonly speeches: readonly TimedSpeech[];
  readonly sampleRateHz: number;
  /** At least this long. */
  readonly durationMs: number;
}): Int16Array {
  const startOf = (speech: TimedSpeech) => Math.round((speech.atMs * sampleRateHz) / 1_000);
  const ends = speeches.map((speech) => startOf(speech) + speech.samples.length);
  const mixed = new Int16Array(Math.max(Math.round((durationMs * sampleRateHz) / 1_000), ...ends));
  for (const speech of speeches) {
    const start = startOf(speech);
    for (const [index, sample] of speech.samples.entries()) {
      const sum = (mixed[start + index] ?? 0) + sample;
      mixed[start + index] = Math.max(-32_768, Math.min(32_767, sum));
    }
  }
  return mixed;
}

/** Writes mono 16-bit PCM as a WAV file. */
export async function writeWav(path: string, samples: Int16Array, sampleRateHz: number): Promise<void> {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + samples.byteLength, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(sampleRateHz, 24);
  header.writeUInt32LE(sampleRateHz * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(samples.byteLength, 40);
  await writeFile(
    path,
    Buffer.concat([header, Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength)]),
  );
}
