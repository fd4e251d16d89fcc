import type { ByteStreamReader } from '@livekit/rtc-node';
import type { ParticipantId } from '@parley/contracts/ids';
import type { Logger } from 'pino';

/** Longest message of a debug client, in bytes: a request is a few dozen, one with typed text some thousand. */
const MOST_BYTES = 16 * 1024;
/** Messages of one person that may be on their way at once: a client asks for a few things when it opens. */
const MOST_OPEN = 8;

/** Messages of LiveKit's debug clients, whole or not at all. */
export interface SessionInbox {
  takeStream(participantId: ParticipantId, reader: ByteStreamReader): Promise<void>;
}

export function createSessionInbox(options: {
  readonly onMessage: (participantId: ParticipantId, bytes: Uint8Array) => void;
  readonly log: Logger;
}): SessionInbox {
  const { onMessage, log } = options;
  const open = new Map<ParticipantId, number>();

  return {
    async takeStream(participantId, reader) {
      const count = open.get(participantId) ?? 0;
      if (count >= MOST_OPEN) return reader.close();
      open.set(participantId, count + 1);
      try {
        const bytes = await readBounded(reader);
        if (bytes !== null) onMessage(participantId, bytes);
      } catch (err) {
        log.debug({ err, personal: { participantId } }, 'a message of a debug client broke off');
      } finally {
        const left = (open.get(participantId) ?? 1) - 1;
        if (left > 0) open.set(participantId, left);
        else open.delete(participantId);
      }
    },
  };
}

/** Null where it is too long. */
async function readBounded(reader: ByteStreamReader): Promise<Uint8Array | null> {
  if ((reader.info.totalSize ?? 0) > MOST_BYTES) {
    await reader.close();
    return null;
  }
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of reader) {
    bytes += chunk.byteLength;
    // Leaving the loop closes the reader: the rest is not kept.
    if (bytes > MOST_BYTES) return null;
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}
