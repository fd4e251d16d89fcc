import { AudioTrackFeature } from '@livekit/protocol';
import {
  AudioStream,
  type RemoteTrack,
  type RemoteTrackPublication,
  TrackKind,
  TrackSource,
} from '@livekit/rtc-node';
import type { ParticipantId } from '@parley/contracts/ids';
import type { Logger } from 'pino';

/** What a voice activity model hears at once: 512 samples at 16 kHz. */
const BLOCK = { sampleRate: 16_000, numChannels: 1, frameSizeMs: 32 } as const;
const BLOCK_SAMPLES = (BLOCK.sampleRate * BLOCK.frameSizeMs) / 1000;

/** The microphone tracks of humans: subscribed, read, and known to be open or not. One a person, the newest. */
export interface Microphones {
  published(participantId: ParticipantId, publication: RemoteTrackPublication): void;
  unpublished(participantId: ParticipantId, publication: RemoteTrackPublication): void;
  subscribed(participantId: ParticipantId, publication: RemoteTrackPublication, track: RemoteTrack): void;
  unsubscribed(participantId: ParticipantId, publication: RemoteTrackPublication): void;
  muteChanged(
    participantId: ParticipantId,
    publication: { readonly sid?: string | undefined },
    isMuted: boolean,
  ): void;
  left(participantId: ParticipantId): void;
  /** Asks again for what is not heard: a subscription that was asked for while we reconnected is forgotten. */
  resubscribe(): void;
  /** SID of the person's microphone track, where there is one. */
  trackSid(participantId: ParticipantId): string | undefined;
  /** The same, where that track announces a buffer of what was said before we came. */
  announcedSid(participantId: ParticipantId): string | undefined;
  close(): void;
}

interface Microphone {
  readonly publication: RemoteTrackPublication;
  isMuted: boolean;
  /** Told as opened and not yet as closed. */
  isOpen: boolean;
  stop: (() => void) | null;
}

/** Whether this track may be a person's voice. Phones and connectors publish one track, whatever they call it. */
export function isMicrophone(publication: RemoteTrackPublication): boolean {
  return (
    publication.kind === TrackKind.KIND_AUDIO && publication.source !== TrackSource.SOURCE_SCREENSHARE_AUDIO
  );
}

export function createMicrophones(options: {
  readonly onBlock: (participantId: ParticipantId, samples: Int16Array) => void;
  readonly onOpened: (participantId: ParticipantId) => void;
  readonly onClosed: (participantId: ParticipantId) => void;
  /** A track is there that announces a buffer of what was said before we came; it is not yet heard. */
  readonly onAnnounced: (participantId: ParticipantId) => void;
  readonly log: Logger;
}): Microphones {
  const { onBlock, onOpened, onClosed, onAnnounced, log } = options;
  const microphones = new Map<ParticipantId, Microphone>();

  const current = (participantId: ParticipantId, sid: string | undefined) => {
    const microphone = microphones.get(participantId);
    return microphone?.publication.sid === sid ? microphone : undefined;
  };
  const close = (participantId: ParticipantId, microphone: Microphone) => {
    microphone.stop?.();
    microphone.stop = null;
    if (microphone.isOpen) onClosed(participantId);
    microphone.isOpen = false;
  };
  const openIfHeard = (participantId: ParticipantId, microphone: Microphone) => {
    if (microphone.isOpen || microphone.isMuted || microphone.stop === null) return;
    microphone.isOpen = true;
    onOpened(participantId);
  };
  const forget = (participantId: ParticipantId) => {
    const microphone = microphones.get(participantId);
    if (microphone === undefined) return;
    microphones.delete(participantId);
    close(participantId, microphone);
  };

  return {
    published(participantId, publication) {
      const before = microphones.get(participantId);
      if (before?.publication.sid === publication.sid) return;
      forget(participantId);
      if (before !== undefined) setSubscribed(before.publication, false, log);
      const isMuted = publication.muted ?? false;
      microphones.set(participantId, { publication, isMuted, isOpen: false, stop: null });
      if (announcesBuffer(publication)) onAnnounced(participantId);
      setSubscribed(publication, true, log);
    },
    unpublished(participantId, publication) {
      if (current(participantId, publication.sid)) forget(participantId);
    },
    subscribed(participantId, publication, track) {
      const microphone = current(participantId, publication.sid);
      if (microphone === undefined) return;
      microphone.stop?.();
      microphone.stop = readTrack(track, (samples) => onBlock(participantId, samples), log);
      openIfHeard(participantId, microphone);
    },
    unsubscribed(participantId, publication) {
      const microphone = current(participantId, publication.sid);
      if (microphone !== undefined) close(participantId, microphone);
    },
    muteChanged(participantId, publication, isMuted) {
      const microphone = current(participantId, publication.sid);
      if (microphone === undefined) return;
      microphone.isMuted = isMuted;
      if (!isMuted) return openIfHeard(participantId, microphone);
      if (microphone.isOpen) onClosed(participantId);
      microphone.isOpen = false;
    },
    left: forget,
    resubscribe() {
      for (const { publication, stop } of microphones.values()) {
        if (stop === null) setSubscribed(publication, true, log);
      }
    },
    trackSid: (participantId) => microphones.get(participantId)?.publication.sid,
    announcedSid(participantId) {
      const publication = microphones.get(participantId)?.publication;
      return publication !== undefined && announcesBuffer(publication) ? publication.sid : undefined;
    },
    close() {
      for (const participantId of [...microphones.keys()]) forget(participantId);
    },
  };
}

/** rtc-node numbers the features as the protocol does and does not export their names. */
function announcesBuffer({ info }: RemoteTrackPublication): boolean {
  const features: readonly number[] = info?.audioFeatures ?? [];
  return features.includes(AudioTrackFeature.TF_PRECONNECT_BUFFER);
}

function setSubscribed(publication: RemoteTrackPublication, isWanted: boolean, log: Logger): void {
  try {
    publication.setSubscribed(isWanted);
  } catch (error) {
    // Its handle is gone when the track was unpublished in the same moment.
    log.debug({ err: error, trackSid: publication.sid }, 'subscription not changed');
  }
}

/** Reads a track block by block until it ends or the returned function is called. */
function readTrack(track: RemoteTrack, onBlock: (samples: Int16Array) => void, log: Logger): () => void {
  const reader = new AudioStream(track, BLOCK).getReader();
  let isStopped = false;
  const read = async () => {
    for (;;) {
      const { done, value } = await reader.read();
      if (done || isStopped) return;
      if (value.data.length === BLOCK_SAMPLES) onBlock(value.data);
    }
  };
  read().catch((error: unknown) => {
    if (!isStopped) log.error({ err: error, trackSid: track.sid }, 'a microphone is no longer read');
  });
  return () => {
    isStopped = true;
    reader.cancel().catch(() => {
      // The stream had ended by itself.
    });
  };
}
