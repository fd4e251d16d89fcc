import { type LocalTrackPublication, type Room, RoomEvent as Rtc } from '@livekit/rtc-node';
import type { ReplyLatency } from '@parley/contracts/call-record';
import type { ParticipantId } from '@parley/contracts/ids';
import { AGENT_ATTRIBUTE, TOPIC } from '@parley/contracts/room-protocol';
import type { Logger } from 'pino';
import { type Clock, delay } from '../runtime/clock.ts';
import type { RoomConnection } from './contract.ts';
import { releaseRoom } from './release-room.ts';
import { createSerialLane } from './serial-lane.ts';
import type { TrackSink } from './track-sink.ts';
import { createTranscripts } from './transcripts.ts';
import type { RoomWatch } from './watch-room.ts';

/** Longest wait at the end for texts and attributes that are on their way. */
const LAST_WORDS_MS = 500;

/** Answers whose latency may wait for a slow network before the oldest is dropped. */
const WAITING_LATENCIES = 8;
/** Messages to debug clients that may wait so; a slow one is told less. */
const WAITING_SESSION_MESSAGES = 64;

/** A room that is connected, with our track published in it. */
export function openRoomConnection(options: {
  readonly room: Room;
  readonly publication: LocalTrackPublication;
  readonly sink: TrackSink;
  readonly watch: RoomWatch;
  readonly clock: Clock;
  readonly log: Logger;
  readonly deleteRoom: () => Promise<void>;
}): RoomConnection {
  const { room, publication, sink, watch, clock, log, deleteRoom } = options;
  const local = room.localParticipant;
  if (local === undefined) throw new Error('the room is not connected');
  // The SFU drops such a change without a word, and rtc-node does not tell either.
  if (local.info.permission?.canUpdateMetadata === false) {
    log.warn("the agent's token lacks canUpdateOwnMetadata: its state will not be seen by clients");
  }
  const transcripts = createTranscripts({
    local,
    agentTrackSid: () => publication.sid,
    userTrackSid: (participantId) => watch.microphoneSid(participantId),
    log,
  });
  const attributes = createSerialLane<Readonly<Record<string, string>>>({
    name: "the agent's attributes",
    capacity: 1,
    send: (_, changed) => local.setAttributes(changed),
    merge: (earlier, later) => ({ ...earlier, ...later }),
    log,
  });
  const latencies = createSerialLane<ReplyLatency>({
    name: "an answer's latency",
    capacity: WAITING_LATENCIES,
    send: async (_, latency) =>
      void (await local.sendText(JSON.stringify(latency), { topic: TOPIC.latency })),
    merge: (_, later) => later,
    log,
  });
  let sessionMessages = 0;
  const sessions = createSerialLane<{ readonly to: ParticipantId; readonly bytes: Uint8Array }>({
    name: 'a message to a debug client',
    capacity: WAITING_SESSION_MESSAGES,
    send: async (_, { to, bytes }) => {
      const writer = await local.streamBytes({ topic: TOPIC.session, destinationIdentities: [to] });
      await writer.write(bytes);
      await writer.close();
    },
    merge: (_, later) => later,
    log,
  });
  let allAttributes: Readonly<Record<string, string>> = {};
  const setAttributes = (changed: Readonly<Record<string, string>>) => {
    allAttributes = { ...allAttributes, ...changed };
    attributes.put('all', changed);
  };
  // A connection that was rebuilt from scratch is a new participant to the SFU: it knows nothing of the old one's.
  room.on(Rtc.Reconnected, () => {
    transcripts.reopen();
    attributes.put('all', allAttributes);
  });
  watch.begin();

  /** Waits until what was said and shown last has been sent, as long as that is possible. */
  const sendLastWords = async () => {
    if (!room.isConnected) return;
    const waiting = new AbortController();
    const limit = delay(clock, LAST_WORDS_MS, waiting.signal).catch(() => {
      // All was sent.
    });
    await Promise.race([Promise.all([transcripts.idle(), attributes.idle()]), limit]);
    waiting.abort(new Error('idle'));
  };

  let closing: Promise<void> | undefined;
  const close = async () => {
    await sendLastWords();
    transcripts.close();
    attributes.close();
    latencies.close();
    sessions.close();
    watch.close('closed_by_us');
    await sink.close();
    await releaseRoom(room, clock);
  };

  return {
    sink,
    events: watch.events,
    onAudio: (listener) => watch.onAudio(listener),
    setAgentState: (state) => setAttributes({ [AGENT_ATTRIBUTE.state]: state }),
    setAttributes,
    publishUserTranscript: (update) => transcripts.publishUserTranscript(update),
    appendAgentTranscript: (update) => transcripts.appendAgentTranscript(update),
    closeAgentTranscript: (update) => transcripts.closeAgentTranscript(update),
    sendSessionMessage: (to, bytes) => sessions.put(String(sessionMessages++), { to, bytes }),
    publishReplyLatency: (latency) => latencies.put(latency.replyId, latency),
    async deleteRoom() {
      await sendLastWords();
      await deleteRoom();
    },
    close: () => (closing ??= close()),
  };
}
