const HEADER_BYTES = 44;
const BITS = 16;

/** A RIFF file of mono 16-bit PCM. */
export function waveFile(samples: Int16Array, sampleRateHz: number): Uint8Array<ArrayBuffer> {
  const sound = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
  const file = new Uint8Array(HEADER_BYTES + sound.length);
  const header = new DataView(file.buffer);
  const text = (at: number, value: string) => file.set(new TextEncoder().encode(value), at);
  text(0, 'RIFF');
  header.setUint32(4, HEADER_BYTES - 8 + sound.length, true);
  text(8, 'WAVEfmt ');
  header.setUint32(16, 16, true);
  header.setUint16(20, 1, true);
  header.setUint16(22, 1, true);
  header.setUint32(24, sampleRateHz, true);
  header.setUint32(28, (sampleRateHz * BITS) / 8, true);
  header.setUint16(32, BITS / 8, true);
  header.setUint16(34, BITS, true);
  text(36, 'data');
  header.setUint32(40, sound.length, true);
  file.set(sound, HEADER_BYTES);
  return file;
}
