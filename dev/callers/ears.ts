import { AudioStream, type RemoteTrack, type Room, RoomEvent, TrackKind } from '@livekit/rtc-node';
import type { Clock } from '@parley/agent/runtime/clock';
import { EAR_RATE_HZ, type RoomNews } from './caller-messages.ts';
import { createHeardFrames, FRAME_MS, type HeardFrames } from './heard-frames.ts';

/** What was heard is told once in so many frames: five messages less for one that is 50 ms late. Times stay exact. */
const BATCH_FRAMES = 5;

/** All audio tracks of a room, heard in frames of 10 ms. */
export interface Ears {
  /** What was heard of a participant in [fromMs, toMs), as far as it is kept. */
  recall(identity: string, fromMs: number, toMs: number): Int16Array;
  close(): void;
}

export function openEars(options: {
  readonly room: Room;
  readonly clock: Clock;
  readonly post: (news: RoomNews) => void;
  /** Told of every frame at once. */
  readonly onSound: (samples: Int16Array) => void;
}): Ears {
  const { room, clock, post, onSound } = options;
  const heard = new Map<string, HeardFrames>();
  const readers = new Set<ReadableStreamDefaultReader<{ readonly data: Int16Array }>>();

  const hear = async (track: RemoteTrack, identity: string) => {
    const frames = heard.get(identity) ?? createHeardFrames();
    heard.set(identity, frames);
    const tell = () => {
      const news = frames.takeNews();
      if (news !== null) post({ type: 'heard', identity, ...news });
    };
    const stream = new AudioStream(track, {
      sampleRate: EAR_RATE_HZ,
      numChannels: 1,
      frameSizeMs: FRAME_MS,
    });
    const reader = stream.getReader();
    readers.add(reader);
    for (let count = 1; ; count++) {
      const { done, value } = await reader.read();
      if (done) break;
      frames.add(value.data, clock.nowMs());
      onSound(value.data);
      if (count % BATCH_FRAMES === 0) tell();
    }
    tell();
    readers.delete(reader);
  };
  room.on(RoomEvent.TrackSubscribed, (track, _publication, { identity }) => {
    if (track.kind === TrackKind.KIND_AUDIO) void hear(track, identity);
  });

  return {
    recall: (identity, fromMs, toMs) => heard.get(identity)?.between(fromMs, toMs) ?? new Int16Array(0),
    close() {
      for (const reader of readers) {
        reader.cancel().catch(() => {
          // The track had ended by itself.
        });
      }
    },
  };
}
