import {
  type LocalAudioTrack,
  type LocalTrackPublication,
  type Room,
  TrackPublishOptions,
  TrackSource,
} from '@livekit/rtc-node';
import { type Clock, delay } from '../runtime/clock.ts';
import { JoinError } from './contract.ts';
import { releaseRoom } from './release-room.ts';

/** Longest join, from the first packet until the track is published. On one machine it takes 0.1 s. */
const JOIN_MS = 10_000;
/**
 * Largest text or byte stream that native code takes in, once unpacked, in bytes: a compressed stream that does not
 * tell its length could unfold into memory without end. What we read of a stream has its own, smaller bound.
 */
const MAX_STREAM_BYTES = 1024 * 1024;

/**
 * Connects and publishes the track: at once, since a phone call is answered only when the agent publishes.
 * Nothing is subscribed by itself. Throws JoinError, or `signal.reason` when aborted; then nothing stays behind.
 */
export async function connectRoom(options: {
  readonly room: Room;
  readonly url: string;
  readonly token: string;
  readonly track: LocalAudioTrack;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}): Promise<LocalTrackPublication> {
  const { room, url, token, track, clock, signal } = options;
  signal.throwIfAborted();
  const join = async () => {
    await room.connect(url, token, {
      autoSubscribe: false,
      dynacast: false,
      dataStream: { maxPayloadByteLength: MAX_STREAM_BYTES },
    });
    const local = room.localParticipant;
    if (local === undefined) throw new Error('connected without a participant');
    // The SFU does not answer a publication that it does not allow.
    if (local.info.permission?.canPublish === false) {
      throw new JoinError('refused', `${url} lets the agent join but not speak: its token lacks canPublish`);
    }
    return await local.publishTrack(
      track,
      new TrackPublishOptions({ source: TrackSource.SOURCE_MICROPHONE }),
    );
  };
  const joining = join();
  const waiting = new AbortController();
  const timeout = delay(clock, JOIN_MS, AbortSignal.any([signal, waiting.signal])).then(() => {
    throw new JoinError(
      'timeout',
      `no answer from ${url} for ${JOIN_MS / 1000} s; is the LiveKit server up?`,
    );
  });
  try {
    return await Promise.race([joining, timeout]);
  } catch (error) {
    // Native code cannot be told to give up: what still comes of it is undone when it comes.
    const undo = () => releaseRoom(room, clock);
    joining.then(undo, undo);
    if (error instanceof JoinError || signal.aborted) throw error;
    throw joinErrorOf(error, url, token);
  } finally {
    waiting.abort(new Error('joined'));
    timeout.catch(() => {});
  }
}

/** Native code tells the cause only as text, in which the token may stand. */
function joinErrorOf(error: unknown, url: string, token: string): JoinError {
  const told = error instanceof Error ? error.message : String(error);
  const message = token === '' ? told : told.replaceAll(token, '[token]');
  return /\b40[0-9]\b|permission|not allowed|insufficient/i.test(message)
    ? new JoinError('refused', `${url} refused the join: ${message}`)
    : new JoinError('unreachable', `${url} cannot be reached: ${message}`);
}
