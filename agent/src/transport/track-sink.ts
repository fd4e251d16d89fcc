import { AudioFrame, AudioSource, LocalAudioTrack } from '@livekit/rtc-node';
import type { AudioSink } from '../playout/contract.ts';
import { type Clock, delay } from '../runtime/clock.ts';
import { TransportError } from './contract.ts';
import { createNativeQueue } from './native-queue.ts';

/**
 * Queue that the native source keeps, in ms: playout's 120 and as much as it fills up at once. Native code refuses a
 * frame while an earlier one waits for room, so a hold could not push its ramp; with room to spare nothing ever waits.
 * It is no delay: it only says how full the queue may become. It must be a multiple of 10, or native code panics.
 */
const QUEUE_MS = 160;
/** Ticks that are listened for at first: the loop is busy while we join, and tells most of them late. */
const LISTENED_TICKS = 40;

/** How late a tick may be on a loaded machine, and how early it was seen to be. */
const TICK_LATE_MS = 3;
const TICK_EARLY_MS = 1;
/** From `clear` until what is pushed next is in the native queue, on a loaded machine. */
const REPLACING_MS = 4;

/** Rates at which a track is sent without a resampling step that costs band: those of Opus. */
const TRACK_RATES_HZ = [16_000, 24_000, 48_000] as const;

/** The rate of a track for a voice of `voiceRateHz`: the same, or the next that carries all of its band. */
export function trackRateHz(voiceRateHz: number): number {
  if (!Number.isInteger(voiceRateHz) || voiceRateHz < 1_000 || voiceRateHz > 384_000) {
    throw new TransportError(
      'bad_rate',
      `a voice of ${voiceRateHz} Hz cannot be sent; give a rate of 8000 to 48000`,
    );
  }
  return TRACK_RATES_HZ.find((rate) => rate >= voiceRateHz) ?? 48_000;
}

/** A sink that is a LiveKit track. */
export interface TrackSink extends AudioSink {
  readonly track: LocalAudioTrack;
  close(): Promise<void>;
}

/** Makes a source and its track; the track is not published yet. `sampleRateHz` is one of `trackRateHz`. */
export function createTrackSink(options: {
  readonly sampleRateHz: number;
  readonly clock: Clock;
}): TrackSink {
  const { sampleRateHz, clock } = options;
  const samplesIn10Ms = sampleRateHz / 100;
  const source = new AudioSource(sampleRateHz, 1, QUEUE_MS);
  const track = LocalAudioTrack.createAudioTrack('agent', source);
  const queue = createNativeQueue();
  let isListening = true;
  let isClosed = false;
  /** The frame given last; native code takes the next only after it. */
  let given: Promise<void> = Promise.resolve();
  /** Sound that waits for its turn, and how often such sound was dropped. */
  let waitingMs = 0;
  let clears = 0;

  const msOf = (samples: Int16Array) => (samples.length / samplesIn10Ms) * 10;
  const capture = async (samples: Int16Array) => {
    if (isClosed) throw new TransportError('track_closed', 'the track is closed');
    queue.pushed(msOf(samples), clock.nowMs());
    await source.captureFrame(new AudioFrame(samples, sampleRateHz, 1, samples.length));
  };
  const push = (samples: Int16Array) => {
    const pushedAfter = clears;
    waitingMs += msOf(samples);
    const captured = given.then(async () => {
      // The first block after silence is not given in a moment in which a tick may or may not be over: for all of
      // the sound that follows, it would be unknown by 10 ms what was sent.
      const nowMs = clock.nowMs();
      const isFirst = queue.queuedMs(nowMs) === 0;
      const doubtMs = isFirst ? queue.untilBetweenTicksMs(nowMs, TICK_EARLY_MS, TICK_EARLY_MS) : 0;
      if (doubtMs > 0) await delay(clock, doubtMs);
      if (pushedAfter !== clears) return;
      waitingMs -= msOf(samples);
      await capture(samples);
    });
    given = captured.catch(() => {});
    return captured;
  };
  const clear = () => {
    if (isClosed) return 0;
    source.clearQueue();
    const droppedMs = waitingMs + queue.cleared(clock.nowMs());
    waitingMs = 0;
    clears += 1;
    return droppedMs;
  };

  // A frame that finds the queue full is answered right after a tick. Silence is pushed for that, before anybody
  // listens; the first sound ends it.
  const listenForTicks = async () => {
    await capture(new Int16Array((samplesIn10Ms * QUEUE_MS) / 10));
    for (let i = 0; i < LISTENED_TICKS && isListening && !isClosed; i++) {
      await capture(new Int16Array(samplesIn10Ms));
      queue.ticked(clock.nowMs());
    }
    if (isListening) clear();
    isListening = false;
  };
  given = listenForTicks().catch(() => {});

  return {
    sampleRateHz,
    track,
    push(samples) {
      if (samples.length === 0 || samples.length % samplesIn10Ms !== 0) {
        const message = `${samples.length} samples at ${sampleRateHz} Hz are not a multiple of 10 ms`;
        return Promise.reject(new TransportError('bad_frame', message));
      }
      // Native code reads a frame from the start of its buffer, whatever the view's offset.
      const whole = samples.byteLength === samples.buffer.byteLength ? samples : samples.slice();
      if (isListening) {
        isListening = false;
        clear();
      }
      return push(whole);
    },
    queuedDurationMs: () => waitingMs + (isListening ? 0 : queue.queuedMs(clock.nowMs())),
    clear: () => (isListening ? 0 : clear()),
    cutWaitMs: () => queue.untilBetweenTicksMs(clock.nowMs(), TICK_LATE_MS, REPLACING_MS),
    async close() {
      if (isClosed) return;
      source.clearQueue();
      isClosed = true;
      await given;
      await track.close();
    },
  };
}
