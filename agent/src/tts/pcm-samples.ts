/** 16-bit little-endian PCM as it comes over a network, whose pieces end in the middle of a sample. */
export async function* pcmSamples(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Int16Array> {
  let rest = new Uint8Array(0);
  for await (const chunk of chunks) {
    const all = new Uint8Array(rest.length + chunk.length);
    all.set(rest);
    all.set(chunk, rest.length);
    const whole = all.length - (all.length % 2);
    rest = all.slice(whole);
    if (whole > 0) yield new Int16Array(all.buffer, 0, whole / 2);
  }
}
