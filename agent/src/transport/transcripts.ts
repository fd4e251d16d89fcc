import type { LocalParticipant, TextStreamWriter } from '@livekit/rtc-node';
import type { ParticipantId } from '@parley/contracts/ids';
import { MAX_UNHEARD_CHARS, TOPIC, TRANSCRIPTION_ATTRIBUTE } from '@parley/contracts/room-protocol';
import type { Logger } from 'pino';
import type { RoomConnection } from './contract.ts';
import { createSerialLane } from './serial-lane.ts';

/** Segments that may wait for a slow network before the oldest is dropped. */
const WAITING_SEGMENTS = 64;

/**
 * Transcripts as LiveKit's clients read them: text streams on `lk.transcription`, and the older Transcription packet
 * for those that do not know streams. A person's speech is a stream an update, each with the whole text; the agent's
 * is one open stream a segment, to which deltas are written. A closed stream is final: rtc-node cannot say so in it.
 */
export interface Transcripts
  extends Pick<RoomConnection, 'publishUserTranscript' | 'appendAgentTranscript' | 'closeAgentTranscript'> {
  /** After a reconnection readers have dropped our open streams: each segment goes on in a new one, from its start. */
  reopen(): void;
  /** Resolves when all was sent. */
  idle(): Promise<void>;
  close(): void;
}

interface UserUpdate {
  readonly participantId: ParticipantId;
  readonly text: string;
  readonly isFinal: boolean;
}

interface AgentUpdate {
  readonly delta: string;
  readonly end: { readonly isInterrupted: boolean; readonly unheard: string } | null;
}

/** A segment of the agent that is being written. */
interface AgentSegment {
  text: string;
  /** Null before the first stream is open, and after one broke. */
  writer: TextStreamWriter | null;
}

export function createTranscripts(options: {
  readonly local: LocalParticipant;
  readonly agentTrackSid: () => string | undefined;
  readonly userTrackSid: (participantId: ParticipantId) => string | undefined;
  readonly log: Logger;
}): Transcripts {
  const { local, log } = options;
  const segments = new Map<string, AgentSegment>();
  /** Counts reconnections: a stream opened before one is not written to after it. */
  let connection = 0;

  const openStream = (stream: {
    readonly senderIdentity: string;
    readonly segmentId: string;
    readonly trackSid: string | undefined;
    readonly isFinal: boolean;
    readonly cut?: { readonly unheard: string };
  }) => {
    const { senderIdentity, segmentId, trackSid, isFinal, cut } = stream;
    const attributes = {
      [TRANSCRIPTION_ATTRIBUTE.segmentId]: segmentId,
      [TRANSCRIPTION_ATTRIBUTE.isFinal]: String(isFinal),
      ...(trackSid !== undefined && { [TRANSCRIPTION_ATTRIBUTE.trackId]: trackSid }),
      ...(cut && { [TRANSCRIPTION_ATTRIBUTE.isInterrupted]: 'true' }),
      ...(cut?.unheard && { [TRANSCRIPTION_ATTRIBUTE.unheard]: shortened(cut.unheard) }),
    };
    return local.streamText({ topic: TOPIC.transcription, senderIdentity, attributes });
  };
  const sendPacket = async (packet: {
    readonly participantIdentity: string;
    readonly trackSid: string | undefined;
    readonly segmentId: string;
    readonly text: string;
    readonly isFinal: boolean;
  }) => {
    const { participantIdentity, trackSid, segmentId: id, text, isFinal: final } = packet;
    // A packet hangs on a track; without a microphone there is none to hang it on.
    if (trackSid === undefined) return;
    const segment = { id, text, final, startTime: 0n, endTime: 0n, language: '' };
    await local.publishTranscription({ participantIdentity, trackSid, segments: [segment] });
  };

  const sendUser = async (segmentId: string, { participantId, text, isFinal }: UserUpdate) => {
    const trackSid = options.userTrackSid(participantId);
    const writer = await openStream({ senderIdentity: participantId, segmentId, trackSid, isFinal });
    await writer.write(text);
    await writer.close();
    await sendPacket({ participantIdentity: participantId, trackSid, segmentId, text, isFinal });
  };

  const sendAgent = async (segmentId: string, { delta, end }: AgentUpdate) => {
    const segment = segments.get(segmentId) ?? { text: '', writer: null };
    segments.set(segmentId, segment);
    segment.text += delta;
    if (end !== null) segments.delete(segmentId);
    if (segment.text === '') return;
    const trackSid = options.agentTrackSid();
    const stream = { senderIdentity: local.identity, segmentId, trackSid };
    const { writer } = segment;
    // An update that fails leaves no writer behind: the next one opens a new stream with all the text so far, which
    // takes the place of the broken one at the reader, for they share the segment id.
    segment.writer = null;
    const openedIn = connection;
    const open = writer ?? (await openStream({ ...stream, isFinal: false }));
    const addition = writer === null ? segment.text : delta;
    if (addition !== '') await open.write(addition);
    if (end !== null) await open.close();
    else if (openedIn === connection) segment.writer = open;
    if (end?.isInterrupted) {
      // The mark of an interruption can only stand at a stream's head, so the segment is told once more, whole.
      const last = await openStream({ ...stream, isFinal: true, cut: end });
      await last.write(segment.text);
      await last.close();
    }
    const participantIdentity = local.identity;
    await sendPacket({ participantIdentity, trackSid, segmentId, text: segment.text, isFinal: end !== null });
  };

  const users = createSerialLane<UserUpdate>({
    name: "a person's transcript",
    capacity: WAITING_SEGMENTS,
    send: sendUser,
    merge: (_, later) => later,
    log,
  });
  const agent = createSerialLane<AgentUpdate>({
    name: "the agent's transcript",
    capacity: WAITING_SEGMENTS,
    send: sendAgent,
    merge: (earlier, later) => ({ delta: earlier.delta + later.delta, end: later.end ?? earlier.end }),
    log,
  });

  return {
    publishUserTranscript: ({ participantId, segmentId, text, isFinal }) =>
      users.put(segmentId, { participantId, text, isFinal }),
    appendAgentTranscript: ({ segmentId, delta }) => agent.put(segmentId, { delta, end: null }),
    closeAgentTranscript: ({ segmentId, isInterrupted, unheard }) =>
      agent.put(segmentId, { delta: '', end: { isInterrupted, unheard } }),
    reopen() {
      connection += 1;
      for (const segment of segments.values()) segment.writer = null;
    },
    async idle() {
      await Promise.all([users.idle(), agent.idle()]);
    },
    close() {
      users.close();
      agent.close();
      segments.clear();
    },
  };
}

/** Cut at the limit, with an ellipsis to say so. */
function shortened(text: string): string {
  return text.length <= MAX_UNHEARD_CHARS ? text : `${text.slice(0, MAX_UNHEARD_CHARS - 1)}…`;
}
