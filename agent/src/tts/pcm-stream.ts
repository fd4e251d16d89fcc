/** Samples out of bytes that come in pieces of any length: 16 bit, little-endian, mono. */
export interface PcmStream {
  /** Every whole sample so far that was not given; half of one waits for the next piece. */
  push(bytes: Uint8Array): Int16Array;
}

export function createPcmStream(): PcmStream {
  let half: number | null = null;
  return {
    push(bytes) {
      const joined = half === null ? bytes : Uint8Array.of(half, ...bytes);
      const count = joined.length >> 1;
      half = joined.length % 2 === 1 ? (joined.at(-1) ?? null) : null;
      const view = new DataView(joined.buffer, joined.byteOffset, joined.byteLength);
      return Int16Array.from({ length: count }, (_, at) => view.getInt16(2 * at, true));
    },
  };
}
