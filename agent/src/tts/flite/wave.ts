/** The sound of a RIFF file. */
export interface Wave {
  readonly samples: Int16Array<ArrayBuffer>;
  readonly sampleRateHz: number;
}

const HEADER_BYTES = 12;
const CHUNK_HEADER_BYTES = 8;

/** Reads mono 16-bit PCM from a RIFF file; null where it is anything else. */
export function parseWave(bytes: Uint8Array): Wave | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let sampleRateHz = 0;
  for (let at = HEADER_BYTES; at + CHUNK_HEADER_BYTES <= bytes.length; ) {
    const id = String.fromCharCode(...bytes.subarray(at, at + 4));
    const start = at + CHUNK_HEADER_BYTES;
    const length = Math.min(view.getUint32(at + 4, true), bytes.length - start);
    if (id === 'fmt ' && length >= 16) {
      const isMono16Bit = view.getUint16(start + 2, true) === 1 && view.getUint16(start + 14, true) === 16;
      if (!isMono16Bit) return null;
      sampleRateHz = view.getUint32(start + 4, true);
    }
    if (id === 'data' && sampleRateHz > 0) {
      const samples = new Int16Array(Math.floor(length / 2));
      for (let index = 0; index < samples.length; index++)
        samples[index] = view.getInt16(start + 2 * index, true);
      return { samples, sampleRateHz };
    }
    at = start + length + (length % 2);
  }
  return null;
}
