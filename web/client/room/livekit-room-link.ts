import { TOPIC } from '@parley/contracts/room-protocol';
import {
  AudioPresets,
  ConnectionState,
  createLocalAudioTrack,
  type LocalAudioTrack,
  type LocalTrack,
  type RemoteAudioTrack,
  type RemoteParticipant,
  type RemoteTrack,
  Room,
  RoomEvent,
  Track,
  TrackEvent,
} from 'livekit-client';
import { createBrowserClock } from '../runtime/clock.ts';
import { agentName, agentState, findAgent, voiceState } from './agent-participant.ts';
import { answerEar } from './answer-ear.ts';
import { watchArrivals } from './arrival-watch.ts';
import { readArrivedCount } from './arrived-count.ts';
import { readNotice } from './call-notice.ts';
import { openChosenMicrophone } from './chosen-microphone.ts';
import { endReason } from './end-reason.ts';
import { microphoneFault } from './microphone-fault.ts';
import { keepFirstWords } from './pre-connect.ts';
import { readReplyLatency } from './reply-latency.ts';
import type { JoinOutcome, MicrophoneOutcome, RoomLink, RoomNews } from './room-link.ts';
import type { Speaker } from './transcript.ts';
import { readTranscription } from './transcription-reader.ts';

/**
 * A room through livekit-client. `agentSpeaker` plays the agent for the page's whole life: some browsers ask for a new
 * gesture for each new element.
 */
export function createLiveKitRoomLink({
  agentSpeaker,
  endsWithPage,
  onNews,
}: {
  readonly agentSpeaker: HTMLAudioElement;
  /** A page that is left says goodbye; otherwise the call waits a while for it to return. */
  readonly endsWithPage: boolean;
  readonly onNews: (news: RoomNews) => void;
}): RoomLink {
  const room = new Room({ disconnectOnPageLeave: endsWithPage });
  const closing = new AbortController();
  let microphone: LocalAudioTrack | null = null;
  let agent: { readonly sid: string; readonly replaced: AbortController } | null = null;
  let agentTrack: RemoteAudioTrack | null = null;
  let progress: 'none' | 'signalled' | 'joined' = 'none';
  let stopWatchingArrivals = () => {};

  const tell = (news: RoomNews) => {
    if (!closing.signal.aborted) onNews(news);
  };

  /** Tells who the agent is now and what it does, and ends what an earlier one left open. */
  const watchAgent = () => {
    if (room.state === ConnectionState.Disconnected || room.state === ConnectionState.Connecting) return;
    const found = findAgent(room.remoteParticipants.values());
    if (found?.sid !== agent?.sid) {
      agent?.replaced.abort(new Error('the agent left or another process took its place'));
      agent = found ? { sid: found.sid, replaced: new AbortController() } : null;
    }
    if (found) tell({ type: 'agentSeen', state: agentState(found), name: agentName(found) });
    else tell({ type: 'agentGone' });
    tell({ type: 'voiceStateChanged', voice: found ? voiceState(found) : null });
  };

  /** LiveKit's client takes a link for good until it has been down for long: a person should know sooner. */
  const watchLink = () =>
    watchArrivals({
      clock: createBrowserClock(),
      readArrived: () => readArrivedCount([agentTrack, microphone].filter((track) => track !== null)),
      onSilent: () => tell({ type: 'connectionInterrupted' }),
      onArriving: () => {
        if (room.state === ConnectionState.Connected) tell({ type: 'connectionRestored' });
      },
    });

  const speakerOf = (identity: string): Speaker => {
    if (identity === room.localParticipant.identity) return { kind: 'you' };
    const found = findAgent(room.remoteParticipants.values());
    // Words may come a moment before the news that their speaker joined.
    const isUnknown = !room.remoteParticipants.has(identity) && identity.startsWith('agent-');
    if (isUnknown) return { kind: 'agent', name: '' };
    if (found?.identity === identity) return { kind: 'agent', name: agentName(found) };
    return { kind: 'guest', identity, name: room.remoteParticipants.get(identity)?.name ?? '' };
  };

  const playTrack = (track: RemoteTrack, _publication: unknown, participant: RemoteParticipant) => {
    if (track.kind !== Track.Kind.Audio) return;
    if (participant !== findAgent(room.remoteParticipants.values())) return void track.attach();
    track.attach(agentSpeaker);
    agentTrack = track as RemoteAudioTrack;
    tell({ type: 'agentTrackChanged', track: agentTrack });
  };

  const stopTrack = (track: RemoteTrack) => {
    track.detach();
    // A new process of the agent may sound before the old one's track is taken away.
    if (track !== agentTrack) return;
    agentTrack = null;
    tell({ type: 'agentTrackChanged', track: null });
  };

  room
    .on(RoomEvent.SignalConnected, () => {
      if (progress === 'none') progress = 'signalled';
    })
    .on(RoomEvent.Connected, () => {
      progress = 'joined';
      tell({ type: 'joined' });
      stopWatchingArrivals = watchLink();
      watchAgent();
    })
    .on(RoomEvent.ConnectionStateChanged, (state) => {
      if (state === ConnectionState.Reconnecting || state === ConnectionState.SignalReconnecting) {
        tell({ type: 'connectionInterrupted' });
      }
    })
    .on(RoomEvent.Reconnected, () => {
      tell({ type: 'connectionRestored' });
      watchAgent();
    })
    .on(RoomEvent.Disconnected, (reason) => {
      stopWatchingArrivals();
      // An attempt that came to nothing is told by `join`.
      if (progress === 'joined') tell({ type: 'closed', reason: endReason(reason) });
    })
    .on(RoomEvent.ParticipantConnected, watchAgent)
    .on(RoomEvent.ParticipantDisconnected, watchAgent)
    .on(RoomEvent.ParticipantAttributesChanged, watchAgent)
    .on(RoomEvent.TrackSubscribed, playTrack)
    .on(RoomEvent.TrackUnsubscribed, stopTrack)
    .on(RoomEvent.AudioPlaybackStatusChanged, () => {
      tell({ type: room.canPlaybackAudio ? 'soundAllowed' : 'soundBlocked' });
    })
    .on(RoomEvent.MediaDevicesError, (error) =>
      tell({ type: 'microphoneLost', fault: microphoneFault(error) }),
    )
    .on(RoomEvent.DataReceived, (payload, _participant, _kind, topic, _encryption, senderIdentity) => {
      // Only the server sends without a name; what a participant says about the call is not taken for its word.
      if (topic !== TOPIC.notice || senderIdentity) return;
      const message = readNotice(payload);
      if (message !== null) tell({ type: 'noticeReceived', message });
    });

  room.registerTextStreamHandler(TOPIC.transcription, (reader, { identity }) => {
    const speaker = speakerOf(identity);
    const ends = agent ? [closing.signal, agent.replaced.signal] : [closing.signal];
    void readTranscription({
      reader,
      speaker,
      signal: AbortSignal.any(ends),
      onEvent: (event) => tell({ type: 'transcribed', event }),
    });
  });

  room.registerTextStreamHandler(TOPIC.latency, (reader, { identity }) => {
    // Only the agent knows; what another participant says of it is not taken for its word.
    if (speakerOf(identity).kind !== 'agent') return;
    const tellOf = (text: string) => {
      const told = readReplyLatency(text);
      if (told !== null) tell({ type: 'latencyTold', told });
    };
    // A figure that was cut short is missing; the answer that it tells of is not.
    reader
      .withAbortSignal(closing.signal)
      .readAll()
      .then(tellOf, () => undefined);
  });

  answerEar({
    room,
    isAgent: (identity) => speakerOf(identity).kind === 'agent',
    agentTrack: () => agentTrack,
    microphone: () => microphone,
    signal: closing.signal,
  });

  const publishMicrophone = async () => {
    try {
      // The cast bridges livekit-client's types, which were not made for exact optional properties.
      if (microphone) await room.localParticipant.publishTrack(microphone as LocalTrack, SPEECH);
    } catch {
      tell({ type: 'microphoneLost', fault: 'failed' });
    }
  };

  return {
    unlockSound() {
      // A refusal comes again as AudioPlaybackStatusChanged, once there is something to play.
      room.startAudio().catch(() => undefined);
    },

    async openMicrophone({ deviceId, startsMuted }): Promise<MicrophoneOutcome> {
      if (!navigator.mediaDevices) return { kind: 'refused', fault: 'insecureOrigin' };
      let track: LocalAudioTrack;
      try {
        track = await openChosenMicrophone(deviceId, createLocalAudioTrack);
      } catch (error) {
        return { kind: 'refused', fault: microphoneFault(error) };
      }
      if (startsMuted) await track.mute();
      if (closing.signal.aborted) track.stop();
      track.on(TrackEvent.Ended, () => tell({ type: 'microphoneLost', fault: 'missing' }));
      track.on(TrackEvent.Restarted, () => {
        tell({ type: 'microphoneOpened' });
        if (track.isMuted) tell({ type: 'microphoneMuted' });
      });
      const former = microphone;
      microphone = track;
      if (former) await room.localParticipant.unpublishTrack(former as LocalTrack);
      const wordsKeptUntilMs =
        former || startsMuted
          ? null
          : keepFirstWords({ room, track, clock: createBrowserClock(), signal: closing.signal });
      if (progress === 'joined') await publishMicrophone();
      return { kind: 'opened', track, wordsKeptUntilMs };
    },

    async switchMicrophone({ deviceId }) {
      try {
        await openChosenMicrophone(deviceId, async (wish) => microphone?.restartTrack(wish));
      } catch (error) {
        tell({ type: 'microphoneLost', fault: microphoneFault(error) });
      }
    },

    async join({ serverUrl, token }): Promise<JoinOutcome> {
      try {
        await room.connect(serverUrl, token);
      } catch {
        return {
          kind: 'failed',
          fault: { kind: progress === 'signalled' ? 'mediaBlocked' : 'roomUnreachable' },
        };
      }
      await publishMicrophone();
      return { kind: 'joined' };
    },

    async sendChat(text) {
      await room.localParticipant.sendText(text, { topic: TOPIC.chat });
    },

    async setMuted(isMuted) {
      await (isMuted ? microphone?.mute() : microphone?.unmute());
    },

    close() {
      if (closing.signal.aborted) return;
      closing.abort(new Error('the page closed the call'));
      microphone?.stop();
      void room.disconnect();
    },
  };
}

/**
 * How a microphone is sent: 24 kbit/s of Opus, about 50 with all headers, so that a line of 64 kbit/s carries it. LiveKit's
 * default, 48 kbit/s sent twice (RED), does not go through; Opus mends single losses by itself. Without discontinuous
 * transmission: its gaps and comfort noise make the ends of speech unclear.
 */
const SPEECH = { audioPreset: AudioPresets.speech, red: false, dtx: false } as const;
