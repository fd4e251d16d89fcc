import {
  AudioFrame,
  AudioSource,
  LocalAudioTrack,
  type Room,
  TrackPublishOptions,
  TrackSource,
} from '@livekit/rtc-node';
import { resample } from '@parley/agent/audio/resampler';
import type { Clock } from '@parley/agent/runtime/clock';
import { createBackgrounds } from './backgrounds.ts';
import type { CallerBackground, Said } from './caller-messages.ts';
import { openMicrophone } from './microphone.ts';

/** A caller's published microphone. */
export interface VoiceTrack {
  readonly sid: string;
  say(samples: Int16Array, sampleRateHz: number): Promise<Said>;
  setBackground(background: CallerBackground): void;
  /** 48 kHz sound that has reached the caller's ear, for the echo of a loudspeaker. */
  hear(samples: Int16Array): void;
  /** What is being said is cut. */
  stop(): void;
  /** Lets go of the track, once its room has been left. */
  close(): Promise<void>;
}

/** Publishes a microphone that gives silence, in a room that was joined. */
export async function publishVoice(options: {
  readonly room: Room;
  readonly clock: Clock;
  readonly sampleRateHz: number;
  /** Whether the track says that sound from before the agent came will be sent. */
  readonly announcesKeptSound: boolean;
}): Promise<VoiceTrack> {
  const { room, clock, sampleRateHz, announcesKeptSound } = options;
  const source = new AudioSource(sampleRateHz, 1);
  const track = LocalAudioTrack.createAudioTrack('microphone', source);
  const publication = await room.localParticipant?.publishTrack(
    track,
    new TrackPublishOptions({
      source: TrackSource.SOURCE_MICROPHONE,
      preconnectBuffer: announcesKeptSound,
      // As our page does: sound is sent all the time, so that the first of a sentence is as quick as the rest.
      dtx: false,
      red: false,
    }),
  );
  const microphone = openMicrophone({
    clock,
    sampleRateHz,
    push: (samples) => {
      // A frame is refused only when the room is going; `disconnected` tells of it.
      source.captureFrame(new AudioFrame(samples, sampleRateHz, 1, samples.length)).catch(() => {});
    },
    queuedDurationMs: () => source.queuedDuration,
  });
  const backgrounds = createBackgrounds(sampleRateHz);
  return {
    sid: publication?.sid ?? '',
    say: (samples, fromHz) => microphone.say(resample(samples, { fromHz, toHz: sampleRateHz })),
    setBackground: (background) => microphone.setBackground(backgrounds.open(background)),
    hear: backgrounds.hear,
    stop: microphone.close,
    close: () => track.close(),
  };
}
