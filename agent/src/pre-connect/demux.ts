import { BufferSource, EncodedPacketSink, Input, type InputAudioTrack, MP4, OGG, WEBM } from 'mediabunny';
import { PreConnectError } from './contract.ts';

/** The packets of one Opus track, in order. */
export interface OpusTrack {
  readonly packets: readonly Uint8Array[];
}

/** Most packets of a buffer: 60 s of the shortest that Opus knows, 2.5 ms. */
const MOST_PACKETS = 24_000;

/**
 * Takes the first audio track out of WebM, Ogg or MP4. A file that is cut off gives the packets before the cut. Throws
 * PreConnectError `unsupported_codec`, `too_long` or `broken`.
 */
export async function demuxOpus(bytes: Uint8Array): Promise<OpusTrack> {
  const input = new Input({ formats: [WEBM, OGG, MP4], source: new BufferSource(bytes) });
  try {
    const track = await input.getPrimaryAudioTrack();
    if (track === null) throw new PreConnectError('broken', 'the buffer holds no audio track');
    await refuseOtherCodecs(track);
    return { packets: await readPackets(track) };
  } catch (error) {
    if (error instanceof PreConnectError) throw error;
    const message = `the buffer is no WebM, Ogg or MP4 that can be read: ${messageOf(error)}`;
    throw new PreConnectError('broken', message, { cause: error });
  } finally {
    input.dispose();
  }
}

async function refuseOtherCodecs(track: InputAudioTrack): Promise<void> {
  const codec = await track.getCodec();
  if (codec === 'opus') return;
  throw new PreConnectError(
    'unsupported_codec',
    `the buffer is ${codec ?? 'of an unknown codec'}; only Opus and PCM are decoded here. A browser that records nothing else should send PCM, as Parley's own page does`,
  );
}

async function readPackets(track: InputAudioTrack): Promise<Uint8Array[]> {
  const packets: Uint8Array[] = [];
  try {
    for await (const { data } of new EncodedPacketSink(track).packets()) {
      if (packets.length === MOST_PACKETS) {
        throw new PreConnectError('too_long', `the buffer has more than ${MOST_PACKETS} packets`);
      }
      packets.push(data);
    }
  } catch (error) {
    if (error instanceof PreConnectError || packets.length === 0) throw error;
    // Cut off in mid-packet: what came before is whole.
  }
  if (packets.length === 0) throw new PreConnectError('broken', 'the buffer holds no sound');
  return packets;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
