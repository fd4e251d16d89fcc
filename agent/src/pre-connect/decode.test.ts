import { describe, expect, it } from 'vitest';
import { LONGEST_PRE_CONNECT_MS, PRE_CONNECT_RATE_HZ } from './contract.ts';
import { decodeKeptSound } from './decode.ts';
import { encodeOpusFile } from './testing/opus-file.ts';

/** A tone that swells and sinks, so that its place in time can be seen. */
function swell(ms: number, rateHz: number): Int16Array {
  return Int16Array.from({ length: (ms * rateHz) / 1000 }, (_, at) => {
    const seconds = at / rateHz;
    return 9_000 * (1 - Math.cos(2 * Math.PI * 2 * seconds)) * 0.5 * Math.sin(2 * Math.PI * 440 * seconds);
  });
}

/** Likeness of two sounds, 1 for the same, where one may begin up to 20 ms later. */
function likeness(a: Int16Array, b: Int16Array): number {
  let best = -1;
  for (let shift = -320; shift <= 320; shift++) {
    let [both, first, second] = [0, 0, 0];
    for (let at = 400; at < Math.min(a.length, b.length) - 400; at += 3) {
      const [x, y] = [a[at] ?? 0, b[at + shift] ?? 0];
      both += x * y;
      first += x * x;
      second += y * y;
    }
    best = Math.max(best, both / Math.sqrt(first * second));
  }
  return best;
}

describe('a kept sound', () => {
  it.each(['webm', 'ogg', 'mp4'] as const)('is decoded from Opus in %s', async (format) => {
    const samples = await decodeKeptSound(await encodeOpusFile(swell(1_000, 48_000), format));
    expect(samples.length / PRE_CONNECT_RATE_HZ).toBeCloseTo(1, 1);
    expect(likeness(samples, swell(1_000, PRE_CONNECT_RATE_HZ))).toBeGreaterThan(0.95);
  });

  it('is told by what it holds where the type names another container', async () => {
    const { bytes } = await encodeOpusFile(swell(400, 48_000), 'mp4');
    const sound = { mimeType: 'video/webm', sampleRateHz: 48_000, channels: 1, bytes };
    expect((await decodeKeptSound(sound)).length).toBeGreaterThan(6_000);
  });

  it('is read from PCM at the rate of its type or its attributes, mixed down to one channel', async () => {
    const mono = swell(500, 24_000);
    const stereo = Int16Array.from({ length: mono.length * 2 }, (_, at) => mono[at >> 1] ?? 0);
    const bytes = new Uint8Array(stereo.buffer);
    const named = { mimeType: 'audio/pcm;rate=24000', sampleRateHz: 48_000, channels: 2, bytes };
    const unnamed = { mimeType: 'audio/pcm', sampleRateHz: 24_000, channels: 2, bytes };
    for (const sound of [named, unnamed]) {
      const samples = await decodeKeptSound(sound);
      expect(samples).toHaveLength(8_000);
      expect(likeness(samples, swell(500, PRE_CONNECT_RATE_HZ))).toBeGreaterThan(0.99);
    }
  });

  it('keeps what was whole before a file breaks off', async () => {
    const { bytes, ...sound } = await encodeOpusFile(swell(2_000, 48_000), 'webm');
    const samples = await decodeKeptSound({ ...sound, bytes: bytes.slice(0, bytes.length / 2) });
    expect(samples.length).toBeGreaterThan(8_000);
    expect(samples.length).toBeLessThan(24_000);
  });
});

describe('a kept sound that cannot be heard is refused', () => {
  const pcm = { mimeType: 'audio/pcm;rate=16000', sampleRateHz: 16_000, channels: 1 };
  it.each([
    ['of a strange type', { ...pcm, mimeType: 'text/html', bytes: new Uint8Array(100) }, 'not_audio'],
    ['without a type', { ...pcm, mimeType: '', bytes: new Uint8Array(100) }, 'not_audio'],
    [
      'of noise in place of a file',
      { ...pcm, mimeType: 'audio/webm', bytes: new Uint8Array(9_999).fill(7) },
      'broken',
    ],
    ['of nothing', { ...pcm, mimeType: 'audio/webm', bytes: new Uint8Array(0) }, 'broken'],
    ['of no samples', { ...pcm, bytes: new Uint8Array(1) }, 'broken'],
    [
      'at a rate that no recorder has',
      { ...pcm, mimeType: 'audio/pcm;rate=47999', bytes: new Uint8Array(10) },
      'broken',
    ],
    [
      'with a rate that is no number',
      { ...pcm, mimeType: 'audio/pcm', sampleRateHz: Number.NaN, bytes: new Uint8Array(10) },
      'broken',
    ],
    ['with 200 channels', { ...pcm, channels: 200, bytes: new Uint8Array(1_000) }, 'broken'],
    [
      'longer than a minute',
      { ...pcm, mimeType: 'audio/pcm;rate=8000', bytes: new Uint8Array(1_000_000) },
      'too_long',
    ],
  ] as const)('%s', async (_, sound, code) => {
    await expect(decodeKeptSound(sound)).rejects.toMatchObject({ name: 'PreConnectError', code });
  });

  it('of AAC, with what to send in its place', async () => {
    const sound = { ...pcm, mimeType: 'video/mp4', bytes: await aacFile() };
    const message = expect.stringContaining('should send PCM');
    await expect(decodeKeptSound(sound)).rejects.toMatchObject({ code: 'unsupported_codec', message });
  });

  it('that unfolds into more than a minute', async () => {
    const packets = (LONGEST_PRE_CONNECT_MS + 2_000) / 20;
    const sound = await encodeOpusFile(new Int16Array(packets * 960), 'ogg');
    await expect(decodeKeptSound(sound)).rejects.toMatchObject({ code: 'too_long' });
  });
});

/** A recording as Safari makes it: MP4 with AAC. */
async function aacFile(): Promise<Uint8Array> {
  const { BufferTarget, EncodedAudioPacketSource, EncodedPacket, Mp4OutputFormat, Output } = await import(
    'mediabunny'
  );
  const target = new BufferTarget();
  const output = new Output({ format: new Mp4OutputFormat({ fastStart: 'fragmented' }), target });
  const source = new EncodedAudioPacketSource('aac');
  output.addAudioTrack(source);
  await output.start();
  const decoderConfig = {
    codec: 'mp4a.40.2',
    sampleRate: 48_000,
    numberOfChannels: 1,
    description: new Uint8Array([0x11, 0x88]),
  };
  for (let at = 0; at < 5; at++) {
    const packet = new EncodedPacket(
      new Uint8Array(80).fill(at + 1),
      'key',
      (at * 1024) / 48_000,
      1024 / 48_000,
    );
    await source.add(packet, { decoderConfig });
  }
  await output.finalize();
  return new Uint8Array(target.buffer ?? new ArrayBuffer(0));
}
