import type { ByteStreamReader } from '@livekit/rtc-node';
import type { ParticipantId } from '@parley/contracts/ids';
import type { Logger } from 'pino';
import { type Clock, delay } from '../runtime/clock.ts';
import type { RoomEvent } from './contract.ts';

/** Largest buffer, in bytes: 60 s at 128 kbit/s, or 20 s of 16 kHz PCM and as much again. */
const MAX_BUFFER_BYTES = 1024 * 1024;
/** A buffer that is not whole by then, in ms, is no longer read; until then it is heard, if late, by itself. */
const LONGEST_READ_MS = 30_000;
/** Streams and tracks are told of by different ways, in any order; this far apart at most, in ms. */
const ANNOUNCED_WITHIN_MS = 2_500;
const LOOK_AGAIN_MS = 50;
/** A recorder's rate where the page names none, in Hz. */
const USUAL_RATE_HZ = 48_000;

/**
 * What pages kept of their microphones before we came: one buffer a track, whole or not at all. Who sends something else
 * is told of as `inputRefused`.
 */
export interface PreConnectInbox {
  takeStream(participantId: ParticipantId, reader: ByteStreamReader): Promise<void>;
  left(participantId: ParticipantId): void;
}

export type PreConnectEvent = Extract<
  RoomEvent,
  { type: 'preConnectBegun' | 'preConnectReceived' | 'inputRefused' }
>;

export function createPreConnectInbox(options: {
  readonly clock: Clock;
  readonly onEvent: (event: PreConnectEvent) => void;
  /** SID of the person's track that announces a buffer, where there is one. */
  readonly announcedSid: (participantId: ParticipantId) => string | undefined;
  readonly log: Logger;
}): PreConnectInbox {
  const { clock, onEvent, announcedSid, log } = options;
  /** Track SIDs that had their buffer, or something in its place. */
  const taken = new Map<ParticipantId, string>();
  /** Buffers on their way: one a person, so that nobody fills the memory with many. */
  const reading = new Map<ParticipantId, ByteStreamReader>();

  const refuse = (participantId: ParticipantId, why: string) =>
    onEvent({
      type: 'inputRefused',
      participantId,
      what: 'pre_connect_audio',
      message: `sound from before the agent came was refused: ${why}`,
    });

  /** A short buffer may be whole before the room tells of its track. */
  const isAnnounced = async (participantId: ParticipantId, trackSid: string) => {
    const givesUpAtMs = clock.nowMs() + ANNOUNCED_WITHIN_MS;
    while (announcedSid(participantId) !== trackSid && clock.nowMs() < givesUpAtMs)
      await delay(clock, LOOK_AGAIN_MS);
    return announcedSid(participantId) === trackSid;
  };

  return {
    async takeStream(participantId, reader) {
      const { attributes = {}, mimeType } = reader.info;
      const trackSid = attributes.trackId ?? '';
      if (taken.get(participantId) === trackSid) {
        await reader.close();
        return refuse(participantId, 'there was one of this track already');
      }
      if (reading.has(participantId)) {
        await reader.close();
        return refuse(participantId, 'another is still on its way');
      }
      taken.set(participantId, trackSid);
      // A stream may come before its sender's track is told of; then it is looked at when it is whole.
      if (announcedSid(participantId) === trackSid) onEvent({ type: 'preConnectBegun', participantId });
      reading.set(participantId, reader);
      const outcome = await readBounded(reader, clock);
      if (reading.get(participantId) === reader) reading.delete(participantId);
      const lastByteAtMs = clock.nowMs();
      if (outcome.kind === 'refused') return refuse(participantId, outcome.why);
      if (outcome.kind === 'broken') {
        log.debug(
          { err: outcome.error, personal: { participantId } },
          'sound from before the agent came broke off',
        );
        return refuse(participantId, 'it broke off');
      }
      if (!(await isAnnounced(participantId, trackSid))) {
        return refuse(
          participantId,
          'it names no microphone of its sender that announces it (attribute trackId)',
        );
      }
      const sound = {
        mimeType,
        sampleRateHz: Number(attributes.sampleRate ?? USUAL_RATE_HZ),
        channels: Number(attributes.channels ?? 1),
        bytes: outcome.bytes,
      };
      onEvent({ type: 'preConnectReceived', participantId, sound, lastByteAtMs });
    },
    left(participantId) {
      taken.delete(participantId);
      void reading.get(participantId)?.close();
      reading.delete(participantId);
    },
  };
}

type Outcome =
  | { readonly kind: 'whole'; readonly bytes: Uint8Array }
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'broken'; readonly error: unknown };

const TOO_LONG = { kind: 'refused', why: `it is longer than ${MAX_BUFFER_BYTES} bytes` } as const;

/** What native code says of a stream that is longer than it takes. */
const TOO_LONG_FOR_NATIVE = /exceeds maximum size/;

async function readBounded(reader: ByteStreamReader, clock: Clock): Promise<Outcome> {
  if ((reader.info.totalSize ?? 0) > MAX_BUFFER_BYTES) {
    await reader.close();
    return TOO_LONG;
  }
  let isLate = false;
  const cancelLimit = clock.at(clock.nowMs() + LONGEST_READ_MS, () => {
    isLate = true;
    void reader.close();
  });
  try {
    const chunks: Uint8Array[] = [];
    let count = 0;
    for await (const chunk of reader) {
      count += chunk.byteLength;
      // Leaving the loop closes the reader: the rest is not kept.
      if (count > MAX_BUFFER_BYTES) return TOO_LONG;
      chunks.push(chunk);
    }
    if (isLate) return { kind: 'refused', why: `it was not whole within ${LONGEST_READ_MS} ms` };
    return { kind: 'whole', bytes: new Uint8Array(Buffer.concat(chunks)) };
  } catch (error) {
    const isTooLong = error instanceof Error && TOO_LONG_FOR_NATIVE.test(error.message);
    return isTooLong ? TOO_LONG : { kind: 'broken', error };
  } finally {
    cancelLimit();
  }
}
