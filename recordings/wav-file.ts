import { z } from 'zod';

/** Sample rate of every recording, in Hz. */
export const RECORDING_RATE_HZ = 16_000;
/** Bytes of one sample of both channels: caller left, agent right, 16 bits each. */
export const PAIR_BYTES = 4;
/** A header is never longer: that of 40 processes takes 3 kB. */
export const LONGEST_HEADER_BYTES = 64 * 1024;

const CHANNELS = 2;
/** Says "until the end of the file": what stands in a file that is still being written, or is beyond 4 GiB. */
const UNKNOWN_SIZE = 0xffff_ffff;
const INFO_CHUNK = 'prly';
/** The RIFF header and the format chunk. */
const FORMAT_END = 36;
const CHUNK_HEADER = 8;

const placeSchema = z.number().int().min(0);
const recordingInfoSchema = z.object({
  v: z.literal(1),
  callId: z.string().min(1),
  startedAtEpochMs: z.number(),
  from: placeSchema,
  spans: z
    .array(z.object({ generation: z.number().int().min(1), from: placeSchema, to: placeSchema.nullable() }))
    .min(1),
});

/**
 * What a recording says of itself, as JSON in a chunk `prly` before its sound. Places are samples of the call clock:
 * 16,000 a second, 0 at `startedAtEpochMs`.
 */
export type RecordingInfo = Omit<Readonly<z.infer<typeof recordingInfoSchema>>, 'v'>;

/** The header of a WAV file with both channels. `soundBytes` null: as much as follows. */
export function wavHeader(info: RecordingInfo, soundBytes: number | null): Buffer {
  const json = JSON.stringify({ v: 1, ...info });
  const text = Buffer.from(json + ' '.repeat((4 - (Buffer.byteLength(json) % 4)) % 4));
  const header = Buffer.alloc(FORMAT_END + CHUNK_HEADER + text.length + CHUNK_HEADER);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(sizeField(soundBytes === null ? null : header.length - 8 + soundBytes), 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(CHANNELS, 22);
  header.writeUInt32LE(RECORDING_RATE_HZ, 24);
  header.writeUInt32LE(RECORDING_RATE_HZ * PAIR_BYTES, 28);
  header.writeUInt16LE(PAIR_BYTES, 32);
  header.writeUInt16LE(16, 34);
  header.write(INFO_CHUNK, FORMAT_END, 'latin1');
  header.writeUInt32LE(text.length, FORMAT_END + 4);
  text.copy(header, FORMAT_END + CHUNK_HEADER);
  header.write('data', header.length - CHUNK_HEADER, 'latin1');
  header.writeUInt32LE(sizeField(soundBytes), header.length - 4);
  return header;
}

/**
 * Reads a header that `wavHeader` made; `soundAt` is where the sound begins, in bytes. Its sizes are not believed: the
 * process may have died before it wrote them. Null for anything else.
 */
export function readWavHeader(
  head: Buffer,
): { readonly info: RecordingInfo; readonly soundAt: number } | null {
  if (head.length < FORMAT_END + CHUNK_HEADER || head.toString('latin1', 0, 4) !== 'RIFF') return null;
  if (head.toString('latin1', FORMAT_END, FORMAT_END + 4) !== INFO_CHUNK) return null;
  const textAt = FORMAT_END + CHUNK_HEADER;
  const textEnd = textAt + head.readUInt32LE(FORMAT_END + 4);
  if (textEnd + CHUNK_HEADER > head.length) return null;
  if (head.toString('latin1', textEnd, textEnd + 4) !== 'data') return null;
  const parsed = recordingInfoSchema.safeParse(jsonOf(head.toString('utf8', textAt, textEnd)));
  if (!parsed.success) return null;
  const { v: _, ...info } = parsed.data;
  return { info, soundAt: textEnd + CHUNK_HEADER };
}

function sizeField(bytes: number | null): number {
  return bytes === null ? UNKNOWN_SIZE : Math.min(bytes, UNKNOWN_SIZE);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Anything may stand in a damaged file.
    return null;
  }
}
