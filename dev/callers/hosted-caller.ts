import { Room, RoomEvent } from '@livekit/rtc-node';
import type { Clock } from '@parley/agent/runtime/clock';
import { releaseRoom } from '@parley/agent/transport/release-room';
import { TOPIC } from '@parley/contracts/room-protocol';
import { answerEar } from './answer-ear.ts';
import type {
  CallerAnswer,
  CallerRequest,
  CallerTask,
  FromCaller,
  Join,
  ToCaller,
} from './caller-messages.ts';
import { openEars } from './ears.ts';
import { hearTexts } from './hear-texts.ts';
import { publishVideo } from './publish-video.ts';
import { seenParticipant } from './seen-participant.ts';
import { sendKeptSound } from './send-kept-sound.ts';
import { publishVoice, type VoiceTrack } from './voice-track.ts';
import { watchMembers } from './watch-members.ts';

/** A person's side of one room, in a process that hosts several: told what to do by the test. */
export interface HostedCaller {
  carryOut(message: ToCaller): Promise<void>;
  /** Leaves the room, waiting for a join that is on its way, and tells `left`. Safe to call twice. */
  leave(): Promise<void>;
}

const NOTHING: CallerAnswer = { kind: 'nothing' };

export function createHostedCaller(options: {
  readonly clock: Clock;
  readonly post: (message: FromCaller) => void;
}): HostedCaller {
  const { clock, post } = options;
  const room = new Room();
  let voice: VoiceTrack | null = null;
  let joining: Promise<void> = Promise.resolve();
  let leaving: Promise<void> | null = null;
  const cleanups: (() => Promise<void>)[] = [];

  const ears = openEars({ room, clock, post, onSound: (samples) => voice?.hear(samples) });
  hearTexts({ room, clock, post });
  watchMembers({ room, clock, post });
  room.on(RoomEvent.Disconnected, () => voice?.stop());

  const join = async (asked: Join) => {
    await room.connect(asked.url, asked.token, { autoSubscribe: true, dynacast: false });
    for (const participant of room.remoteParticipants.values()) {
      post({ type: 'participantJoined', participant: seenParticipant(participant), atMs: clock.nowMs() });
    }
    if (asked.tellsItsEar) answerEar(room);
    const identity = room.localParticipant?.identity ?? '';
    const roomSid = (await room.getSid()) ?? '';
    const { microphoneRateHz: sampleRateHz, announcesKeptSound } = asked;
    const published = await publishVoice({ room, clock, sampleRateHz, announcesKeptSound });
    voice = published;
    cleanups.push(published.close);
    post({ type: 'joined', identity, roomSid, atMs: clock.nowMs() });
  };

  const perform = async (task: CallerTask): Promise<CallerAnswer> => {
    if (voice === null) throw new Error('the caller has not joined');
    switch (task.type) {
      case 'say':
        return { kind: 'said', said: await voice.say(task.samples, task.sampleRateHz) };
      case 'setBackground':
        voice.setBackground(task.background);
        return NOTHING;
      case 'sendChat':
        await room.localParticipant?.sendText(task.text, { topic: TOPIC.chat });
        return NOTHING;
      case 'sendKeptSound':
        await sendKeptSound(room, task.sound, task.trackSid ?? voice.sid);
        return NOTHING;
      case 'publishVideo': {
        const video = await publishVideo(room);
        cleanups.push(() => video.close());
        return NOTHING;
      }
      case 'recall':
        return { kind: 'recalled', samples: ears.recall(task.identity, task.fromMs, task.toMs) };
    }
  };

  const answer = async (request: CallerRequest) => {
    const { requestId } = request;
    try {
      post({ type: 'done', requestId, answer: await perform(request) });
    } catch (error) {
      post({ type: 'failed', requestId, message: error instanceof Error ? error.message : String(error) });
    }
  };

  const goodbye = async () => {
    await joining;
    voice?.stop();
    ears.close();
    await releaseRoom(room, clock);
    for (const cleanup of cleanups) await cleanup();
    post({ type: 'left' });
  };
  const leave = () => {
    leaving ??= goodbye();
    return leaving;
  };

  return {
    async carryOut(message) {
      switch (message.type) {
        case 'join':
          joining = join(message).catch((error) => post({ type: 'joinFailed', message: String(error) }));
          return joining;
        case 'leave':
          return leave();
        default:
          return answer(message);
      }
    },
    leave,
  };
}
