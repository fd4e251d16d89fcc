import {
  AudioFrame,
  AudioSource,
  DisconnectReason,
  dispose,
  LocalAudioTrack,
  LocalVideoTrack,
  Room,
  RoomEvent,
  type TextStreamReader,
  TrackPublishOptions,
  TrackSource,
  VideoBufferType,
  VideoFrame,
  VideoSource,
} from '@livekit/rtc-node';
import { resample } from '@parley/agent/audio/resampler';
import { createMonotonicClock } from '@parley/agent/runtime/clock';
import { TOPIC } from '@parley/contracts/room-protocol';
import { answerEar } from './answer-ear.ts';
import { createBackgrounds } from './backgrounds.ts';
import type { FromCaller, Said, ToCaller } from './caller-messages.ts';
import { openEars } from './ears.ts';
import { type Microphone, openMicrophone } from './microphone.ts';
import { monotonicNowMs } from './monotonic.ts';
import { seenParticipant } from './seen-participant.ts';

/** One caller: a person's side of one room, told what to do by the test that forked it. */
const clock = createMonotonicClock(monotonicNowMs());
const room = new Room();

/** A room that does not let go by then is left as it is, in ms. */
const LONGEST_GOODBYE_MS = 5_000;

let line: {
  readonly microphone: Microphone;
  readonly sampleRateHz: number;
  readonly trackSid: string;
  readonly backgrounds: ReturnType<typeof createBackgrounds>;
} | null = null;

const post = (message: FromCaller) => {
  if (process.connected) process.send?.(message);
};

async function join(asked: Extract<ToCaller, { type: 'join' }>): Promise<void> {
  const { url, token, microphoneRateHz, announcesKeptSound, tellsItsEar } = asked;
  openEars({ room, clock, post, onSound: (samples) => line?.backgrounds.hear(samples) });
  for (const topic of [TOPIC.transcription, TOPIC.chat, TOPIC.notice, TOPIC.latency]) hearText(topic);
  room
    .on(RoomEvent.ParticipantConnected, (participant) =>
      post({ type: 'participantJoined', participant: seenParticipant(participant), atMs: clock.nowMs() }),
    )
    .on(RoomEvent.ParticipantDisconnected, ({ identity }) =>
      post({ type: 'participantLeft', identity, atMs: clock.nowMs() }),
    )
    .on(RoomEvent.ParticipantAttributesChanged, (_changed, { identity, attributes }) =>
      post({ type: 'attributesChanged', identity, attributes: { ...attributes }, atMs: clock.nowMs() }),
    )
    .on(RoomEvent.Disconnected, (reason) => {
      line?.microphone.close();
      post({ type: 'disconnected', reason: DisconnectReason[reason] ?? String(reason), atMs: clock.nowMs() });
    });
  await room.connect(url, token, { autoSubscribe: true, dynacast: false });
  for (const participant of room.remoteParticipants.values()) {
    post({ type: 'participantJoined', participant: seenParticipant(participant), atMs: clock.nowMs() });
  }
  if (tellsItsEar) answerEar(room);
  const identity = room.localParticipant?.identity ?? '';
  const roomSid = (await room.getSid()) ?? '';
  await publishMicrophone(microphoneRateHz, announcesKeptSound);
  post({ type: 'joined', identity, roomSid, atMs: clock.nowMs() });
}

async function publishMicrophone(sampleRateHz: number, announcesKeptSound: boolean): Promise<void> {
  const source = new AudioSource(sampleRateHz, 1);
  const options = new TrackPublishOptions({
    source: TrackSource.SOURCE_MICROPHONE,
    preconnectBuffer: announcesKeptSound,
    // As our page does: sound is sent all the time, so that the first of a sentence is as quick as the rest.
    dtx: false,
    red: false,
  });
  const track = LocalAudioTrack.createAudioTrack('microphone', source);
  const publication = await room.localParticipant?.publishTrack(track, options);
  const push = (samples: Int16Array) => {
    // A frame is refused only when the room is going; `disconnected` tells of it.
    source.captureFrame(new AudioFrame(samples, sampleRateHz, 1, samples.length)).catch(() => {});
  };
  const microphone = openMicrophone({
    clock,
    sampleRateHz,
    push,
    queuedDurationMs: () => source.queuedDuration,
  });
  const backgrounds = createBackgrounds(sampleRateHz);
  line = { microphone, sampleRateHz, trackSid: publication?.sid ?? '', backgrounds };
}

function hearText(topic: string): void {
  const hear = async (reader: TextStreamReader, identity: string) => {
    const { streamId, attributes = {} } = reader.info;
    post({
      type: 'textOpened',
      streamId,
      topic,
      identity,
      attributes: { ...attributes },
      atMs: clock.nowMs(),
    });
    let isWhole = true;
    try {
      for await (const text of reader) post({ type: 'textDelta', streamId, text, atMs: clock.nowMs() });
    } catch {
      isWhole = false;
    }
    post({ type: 'textClosed', streamId, isWhole, atMs: clock.nowMs() });
  };
  room.registerTextStreamHandler(topic, (reader, { identity }) => void hear(reader, identity));
}

async function say({ samples, sampleRateHz }: Extract<ToCaller, { type: 'say' }>): Promise<Said> {
  if (line === null) throw new Error('the caller has not joined');
  return line.microphone.say(resample(samples, { fromHz: sampleRateHz, toHz: line.sampleRateHz }));
}

/** Sends what was recorded before the agent came, as LiveKit's clients do. */
async function sendKeptSound({
  sound,
  trackSid,
}: Extract<ToCaller, { type: 'sendKeptSound' }>): Promise<void> {
  const { mimeType, sampleRateHz, channels, bytes } = sound;
  const writer = await room.localParticipant?.streamBytes({
    name: 'preconnect-buffer',
    topic: TOPIC.preConnectAudio,
    mimeType,
    attributes: {
      trackId: trackSid ?? line?.trackSid ?? '',
      sampleRate: String(sampleRateHz),
      channels: String(channels),
    },
  });
  await writer?.write(bytes);
  await writer?.close();
}

/** A grey picture: enough for the room to carry a video track. */
async function publishVideo(): Promise<void> {
  const [width, height] = [64, 64];
  const source = new VideoSource(width, height);
  const options = new TrackPublishOptions({ source: TrackSource.SOURCE_CAMERA });
  await room.localParticipant?.publishTrack(LocalVideoTrack.createVideoTrack('camera', source), options);
  source.captureFrame(
    new VideoFrame(new Uint8Array(width * height * 4).fill(128), width, height, VideoBufferType.RGBA),
  );
}

async function carryOut(message: ToCaller): Promise<void> {
  switch (message.type) {
    case 'join':
      return join(message).catch((error) => post({ type: 'joinFailed', message: String(error) }));
    case 'say':
      return answer(message.requestId, () => say(message));
    case 'setBackground':
      return answer(message.requestId, async () => {
        if (line === null) throw new Error('the caller has not joined');
        line.microphone.setBackground(line.backgrounds.open(message.background));
        return null;
      });
    case 'sendChat':
      return answer(message.requestId, async () => {
        await room.localParticipant?.sendText(message.text, { topic: TOPIC.chat });
        return null;
      });
    case 'sendKeptSound':
      return answer(message.requestId, async () => {
        await sendKeptSound(message);
        return null;
      });
    case 'publishVideo':
      return answer(message.requestId, async () => {
        await publishVideo();
        return null;
      });
    case 'leave':
      return leave();
  }
}

async function answer(requestId: number, work: () => Promise<Said | null>): Promise<void> {
  try {
    post({ type: 'done', requestId, said: await work() });
  } catch (error) {
    post({ type: 'failed', requestId, message: error instanceof Error ? error.message : String(error) });
  }
}

async function leave(): Promise<void> {
  line?.microphone.close();
  await room.disconnect();
  await dispose();
  process.exit(0);
}

process.on('message', (message: ToCaller) => void carryOut(message));
// The test is gone: nobody needs this caller, whether or not its room still answers.
process.on('disconnect', () => {
  clock.at(clock.nowMs() + LONGEST_GOODBYE_MS, () => process.exit(1));
  void leave();
});
