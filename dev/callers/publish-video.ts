import {
  LocalVideoTrack,
  type Room,
  TrackPublishOptions,
  TrackSource,
  VideoBufferType,
  VideoFrame,
  VideoSource,
} from '@livekit/rtc-node';

/** A grey picture: enough for the room to carry a video track. Returns the track. */
export async function publishVideo(room: Room): Promise<LocalVideoTrack> {
  const [width, height] = [64, 64];
  const source = new VideoSource(width, height);
  const track = LocalVideoTrack.createVideoTrack('camera', source);
  await room.localParticipant?.publishTrack(
    track,
    new TrackPublishOptions({ source: TrackSource.SOURCE_CAMERA }),
  );
  source.captureFrame(
    new VideoFrame(new Uint8Array(width * height * 4).fill(128), width, height, VideoBufferType.RGBA),
  );
  return track;
}
