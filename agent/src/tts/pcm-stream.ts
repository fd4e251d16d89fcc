/** Samples out of bytes that come in pieces of any length: 16 bit, little-endian, mono. */
export interface PcmStream {
  /** Every whole sample so far that was not given; half of one waits for the next piece. */
  push(bytes: Uint8Array): Int16Array;
}

export function createPcmStream(): PcmStream {
  let half: Uint8Array = new Uint8Array(0);
  return {
    push(bytes) {
      const joined = new Uint8Array(half.length + bytes.length);
      joined.set(half);
      joined.set(bytes, half.length);
      const whole = joined.length & ~1;
      half = joined.slice(whole);
      // Typed arrays have the byte order of the machine, which is this one on all that Node runs on but IBM Z.
      return new Int16Array(whole === joined.length ? joined.buffer : joined.buffer.slice(0, whole));
    },
  };
}
