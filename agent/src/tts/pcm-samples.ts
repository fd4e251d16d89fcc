import { createPcmStream } from './pcm-stream.ts';

/** 16-bit little-endian PCM as it comes over a network, whose pieces end in the middle of a sample. */
export async function* pcmSamples(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Int16Array> {
  const pcm = createPcmStream();
  for await (const chunk of chunks) {
    const samples = pcm.push(chunk);
    if (samples.length > 0) yield samples;
  }
}
