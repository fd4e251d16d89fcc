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
      half = joined.length % 2 === 1 ? (joined.at(-1) ?? null) : null;
      // Typed arrays have the byte order of the machine, which is this one on all that Node runs on but IBM Z.
      const own = new Uint8Array(joined.length & ~1);
      own.set(joined.subarray(0, own.length));
      return new Int16Array(own.buffer);
    },
  };
}
