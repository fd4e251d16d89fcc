import fc from 'fast-check';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { KeptSound } from '../audio/kept-sound.ts';
import { LONGEST_PRE_CONNECT_MS, PRE_CONNECT_RATE_HZ, PreConnectError } from './contract.ts';
import { decodeKeptSound } from './decode.ts';
import { encodeOpusFile, type OpusFileFormat } from './testing/opus-file.ts';

/** A stranger's file of a second must never cost more than a hang does, in ms; it takes about 5. */
const HANG_MS = 10_000;
const LONGEST_SAMPLES = (LONGEST_PRE_CONNECT_MS / 1000) * PRE_CONNECT_RATE_HZ;
const FORMATS: readonly OpusFileFormat[] = ['webm', 'ogg', 'mp4'];

const files = new Map<OpusFileFormat, KeptSound>();

beforeAll(async () => {
  // libopus tells of each damaged packet.
  vi.spyOn(console, 'error').mockReturnValue();
  const samples = Int16Array.from({ length: 48_000 }, (_, at) => 8_000 * Math.sin(at / 20));
  for (const format of FORMATS) files.set(format, await encodeOpusFile(samples, format));
});

/** Either sound within the bound or a PreConnectError; anything else fails the property. */
async function takesOrRefuses(sound: KeptSound): Promise<void> {
  try {
    expect((await decodeKeptSound(sound)).length).toBeLessThanOrEqual(LONGEST_SAMPLES);
  } catch (error) {
    expect(error).toBeInstanceOf(PreConnectError);
  }
}

/** What happens to a file on its way: bytes changed, a piece cut out, a piece doubled, the end gone. */
const mutation = fc.oneof(
  fc.record({
    kind: fc.constant('change' as const),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 8 }),
  }),
  fc.record({
    kind: fc.constant('head' as const),
    at: fc.nat(300),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 4 }),
  }),
  fc.record({
    kind: fc.constant('cut' as const),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    count: fc.nat(200),
  }),
  fc.record({
    kind: fc.constant('double' as const),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    count: fc.nat(200),
  }),
  fc.record({ kind: fc.constant('end' as const), at: fc.double({ min: 0, max: 1, noNaN: true }) }),
);
type Mutation = typeof mutation extends fc.Arbitrary<infer M> ? M : never;

function mutate(bytes: Uint8Array, change: Mutation): Uint8Array {
  const at = Math.floor(change.kind === 'head' ? change.at : change.at * bytes.length);
  const before = bytes.subarray(0, at);
  switch (change.kind) {
    case 'change':
    case 'head':
      return Buffer.concat([before, change.bytes, bytes.subarray(at + change.bytes.length)]);
    case 'cut':
      return Buffer.concat([before, bytes.subarray(at + change.count)]);
    case 'double':
      return Buffer.concat([before, bytes.subarray(at, at + change.count), bytes.subarray(at)]);
    case 'end':
      return Uint8Array.from(before);
  }
}

describe('a stranger’s file', () => {
  it.each(FORMATS)('of %s, however mutated, is heard or refused and never hangs', async (format) => {
    const { bytes, ...sound } = files.get(format) as KeptSound;
    await fc.assert(
      fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 6 }), (mutations) =>
        takesOrRefuses({ ...sound, bytes: mutations.reduce(mutate, bytes) }),
      ),
      { numRuns: 150, timeout: HANG_MS },
    );
  });

  it('of nothing but noise is heard or refused, whatever it calls itself', async () => {
    const mimeType = fc.oneof(
      fc.constantFrom(
        'audio/webm',
        'audio/ogg;codecs=opus',
        'video/mp4',
        'audio/pcm;rate=16000',
        'audio/pcm',
      ),
      fc.string(),
    );
    await fc.assert(
      fc.asyncProperty(
        mimeType,
        fc.oneof(fc.double(), fc.integer()),
        fc.integer(),
        fc.uint8Array({ maxLength: 4_000 }),
        (type, sampleRateHz, channels, bytes) =>
          takesOrRefuses({ mimeType: type, sampleRateHz, channels, bytes }),
      ),
      { numRuns: 200, timeout: HANG_MS },
    );
  });
});
