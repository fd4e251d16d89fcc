import { AudioStream, type RemoteTrack, type Room, RoomEvent, TrackKind } from '@livekit/rtc-node';
import type { Clock } from '@parley/agent/runtime/clock';
import { EAR_RATE_HZ, type FromCaller, type HeardFrame } from './caller-messages.ts';

const FRAME_MS = 10;

/** Frames are told in batches: five messages less for one that is 50 ms late. Their times stay exact. */
const BATCH_FRAMES = 5;

/** Hears every audio track of the room in frames of 10 ms. */
export function openEars(options: {
  readonly room: Room;
  readonly clock: Clock;
  readonly post: (message: FromCaller) => void;
  /** Told of every frame at once. */
  readonly onSound: (samples: Int16Array) => void;
}): void {
  options.room.on(RoomEvent.TrackSubscribed, (track, _publication, { identity }) => {
    if (track.kind === TrackKind.KIND_AUDIO) void hear(track, identity, options);
  });
}

async function hear(
  track: RemoteTrack,
  identity: string,
  { clock, post, onSound }: Parameters<typeof openEars>[0],
): Promise<void> {
  let frames: HeardFrame[] = [];
  const flush = () => {
    if (frames.length > 0) post({ type: 'heard', identity, frames });
    frames = [];
  };
  const stream = new AudioStream(track, { sampleRate: EAR_RATE_HZ, numChannels: 1, frameSizeMs: FRAME_MS });
  for await (const { data } of stream) {
    const samples = data.slice();
    frames.push({ samples, arrivedAtMs: clock.nowMs() });
    onSound(samples);
    if (frames.length >= BATCH_FRAMES) flush();
  }
  flush();
}
