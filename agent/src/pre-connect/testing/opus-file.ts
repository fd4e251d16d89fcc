/// <reference path="./evan-opus.d.ts" />
import { Encoder } from '@evan/opus/wasm/index.mjs';
import {
  BufferTarget,
  EncodedAudioPacketSource,
  EncodedPacket,
  Mp4OutputFormat,
  OggOutputFormat,
  Output,
  WebMOutputFormat,
} from 'mediabunny';
import type { KeptSound } from '../../audio/kept-sound.ts';

const RATE_HZ = 48_000;
const PACKET_MS = 20;
const PACKET_SAMPLES = (RATE_HZ * PACKET_MS) / 1000;

const FORMATS = {
  webm: () => new WebMOutputFormat({ appendOnly: true }),
  ogg: () => new OggOutputFormat(),
  mp4: () => new Mp4OutputFormat({ fastStart: 'fragmented' }),
} as const;

export type OpusFileFormat = keyof typeof FORMATS;

/** Makes what a page's recorder makes: Opus of 48 kHz mono in a container that is written as it is recorded. */
export async function encodeOpusFile(samples: Int16Array, format: OpusFileFormat): Promise<KeptSound> {
  const target = new BufferTarget();
  const output = new Output({ format: FORMATS[format](), target });
  const source = new EncodedAudioPacketSource('opus');
  output.addAudioTrack(source);
  await output.start();
  const encoder = new Encoder({ channels: 1, sample_rate: RATE_HZ, application: 'voip' });
  const decoderConfig = { codec: 'opus', sampleRate: RATE_HZ, numberOfChannels: 1, description: opusHead() };
  for (let at = 0; at < samples.length; at += PACKET_SAMPLES) {
    const pcm = new Int16Array(PACKET_SAMPLES);
    pcm.set(samples.subarray(at, at + PACKET_SAMPLES));
    const data = Uint8Array.from(encoder.encode(pcm));
    const packet = new EncodedPacket(data, 'key', at / RATE_HZ, PACKET_MS / 1000);
    await source.add(packet, { decoderConfig });
  }
  await output.finalize();
  if (target.buffer === null) throw new Error('nothing was muxed');
  const bytes = new Uint8Array(target.buffer);
  return { mimeType: `audio/${format};codecs=opus`, sampleRateHz: RATE_HZ, channels: 1, bytes };
}

/** The identification header of RFC 7845: mono, no gain, 6.5 ms to skip. */
function opusHead(): Uint8Array {
  const head = Buffer.alloc(19);
  head.write('OpusHead', 0, 'latin1');
  head.writeUInt8(1, 8);
  head.writeUInt8(1, 9);
  head.writeUInt16LE(312, 10);
  head.writeUInt32LE(RATE_HZ, 12);
  return new Uint8Array(head);
}
