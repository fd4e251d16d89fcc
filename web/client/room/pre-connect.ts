import { TOPIC } from '@parley/contracts/room-protocol';
import { type LocalAudioTrack, type RemoteParticipant, type Room, RoomEvent } from 'livekit-client';
import type { Clock } from '../runtime/clock.ts';
import { findAgent } from './agent-participant.ts';
import { recordSound, type SoundRecording } from './pre-connect-recording.ts';

/** Longest sound kept while no agent comes, in ms: longer questions are asked again. */
const LONGEST_KEPT_MS = 20_000;
/**
 * The recording goes on for so long after the agent hears the microphone, in ms: by what both have in common the agent
 * finds where one goes over into the other. It compares up to 600 ms.
 */
const OVERLAP_MS = 700;

/**
 * Keeps what is said from now on, before there is an agent, and sends it to the agent once that hears the microphone.
 * To be called before the track is published. `signal` ends it. Returns until when it keeps them at the longest, by
 * `clock`; null where this browser cannot.
 *
 * This is livekit-client's pre-connect buffer in all that the agent sees of it. The client's own ends the recording when
 * the first subscription is told, without its last 100 ms, and knows only AAC in Safari.
 */
export function keepFirstWords(options: {
  readonly room: Room;
  readonly track: LocalAudioTrack;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}): number | null {
  const { room, track, clock, signal } = options;
  if (signal.aborted) return null;
  const recording = recordSound(track.mediaStreamTrack);
  if (recording === null) return null;
  signal.addEventListener('abort', recording.stop, { once: true });
  const keptUntilMs = clock.nowMs() + LONGEST_KEPT_MS;
  const cancelLimit = clock.at(keptUntilMs, recording.stop);
  // With this livekit-client publishes the track as one that has a buffer; without a recorder of its own it sends none.
  Object.defineProperty(track, 'hasPreConnectBuffer', { configurable: true, value: true });
  const send = async () => {
    const heard = await heardByAgent({ room, track, signal });
    clock.at(clock.nowMs() + OVERLAP_MS, recording.stop);
    await sendRecording({ room, track, recording, ...heard });
  };
  void send()
    .catch(() => {
      // The call is over, or the link broke: the agent goes on without it after a moment.
    })
    .finally(() => {
      cancelLimit();
      recording.stop();
      signal.removeEventListener('abort', recording.stop);
      Reflect.deleteProperty(track, 'hasPreConnectBuffer');
    });
  return keptUntilMs;
}

interface Hearing {
  readonly agent: RemoteParticipant;
  readonly trackSid: string;
}

/** Resolves when somebody hears the track and the agent is there; rejects with the signal's reason. */
function heardByAgent(options: {
  readonly room: Room;
  readonly track: LocalAudioTrack;
  readonly signal: AbortSignal;
}): Promise<Hearing> {
  const { room, track, signal } = options;
  return new Promise((resolve, reject) => {
    let trackSid: string | null = null;
    const look = () => {
      const agent = findAgent(room.remoteParticipants.values());
      if (trackSid === null || agent === undefined) return;
      stop();
      resolve({ agent, trackSid });
    };
    const onSubscribed = (publication: { readonly track?: unknown; readonly trackSid: string }) => {
      if (publication.track !== track) return;
      trackSid = publication.trackSid;
      look();
    };
    const onAbort = () => {
      stop();
      reject(signal.reason);
    };
    const stop = () => {
      room.off(RoomEvent.LocalTrackSubscribed, onSubscribed).off(RoomEvent.ParticipantConnected, look);
      signal.removeEventListener('abort', onAbort);
    };
    room.on(RoomEvent.LocalTrackSubscribed, onSubscribed).on(RoomEvent.ParticipantConnected, look);
    signal.addEventListener('abort', onAbort);
  });
}

async function sendRecording(
  options: Hearing & {
    readonly room: Room;
    readonly track: LocalAudioTrack;
    readonly recording: SoundRecording;
  },
): Promise<void> {
  const { room, track, recording, agent, trackSid } = options;
  const { sampleRate = 48_000 } = track.mediaStreamTrack.getSettings();
  const writer = await room.localParticipant.streamBytes({
    name: 'preconnect-buffer',
    topic: TOPIC.preConnectAudio,
    mimeType: recording.mimeType,
    destinationIdentities: [agent.identity],
    // Our PCM tells its own rate; both recorders mix down to one channel.
    attributes: { trackId: trackSid, sampleRate: String(sampleRate), channels: '1' },
  });
  const reader = recording.chunks.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) await writer.write(next.value);
  await writer.close();
}
