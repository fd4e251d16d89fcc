import { type AsyncQueue, createAsyncQueue } from '../../runtime/async-queue.ts';
import { DEEPGRAM, failed } from '../../runtime/deepgram-connection.ts';
import type { TtsEvent } from '../contract.ts';
import type { VoicePace } from '../estimated-marks.ts';
import { markedSound } from '../marked-sound.ts';
import { MOST_WAITING_SEGMENTS, type TtsSegment } from '../reply.ts';
import { hasWords } from '../sayable.ts';
import { textParts } from '../text-parts.ts';
import type { SpeakListener, SpeakSocket } from './speak-socket.ts';

/** Pieces of a segment's sound that may wait to be read: some minutes of it. */
const MOST_SOUNDS = 20_000;
/** Segments at the vendor at a time: the one that sounds, and the next, so that there is no gap between them. */
const MOST_AT_VENDOR = 2;
/** Most characters of a message to the vendor. Source: its limit, as others have met it. */
const LONGEST_CHARS = 2_000;

/** A segment that is to sound. */
interface Line {
  readonly segment: TtsSegment;
  /** What is sent; empty where there is nothing to say. */
  readonly parts: readonly string[];
  readonly characters: number;
  readonly sound: AsyncQueue<Int16Array>;
}

/** Speaks one reply, segment by segment, each flushed, so that its sound comes at once and ends with a sign. */
export async function* speakReply(
  segments: AsyncIterable<TtsSegment>,
  options: {
    readonly takeSocket: (characters: number, listener: SpeakListener) => SpeakSocket;
    readonly model: string;
    readonly sampleRateHz: number;
    readonly pace: VoicePace;
    readonly signal: AbortSignal;
  },
): AsyncGenerator<TtsEvent> {
  const { signal, model, sampleRateHz, pace } = options;
  const lines = createAsyncQueue<Line>(MOST_WAITING_SEGMENTS);
  const unsent: Line[] = [];
  const atVendor: Line[] = [];
  let socket: SpeakSocket | null = null;

  const fail = (reason: unknown) => {
    for (const { sound } of [...atVendor, ...unsent]) sound.fail(reason);
    lines.fail(reason);
  };
  const listener: SpeakListener = {
    onSound: (samples) => void atVendor[0]?.sound.push(samples),
    onFlushed() {
      atVendor.shift()?.sound.end();
      send();
    },
    onLost: fail,
  };
  const send = () => {
    while (atVendor.length < MOST_AT_VENDOR) {
      const [next] = unsent;
      if (next === undefined || signal.aborted) return;
      if (socket !== null && !socket.allows(next.characters)) {
        if (atVendor.length > 0) return;
        socket.release();
        socket = null;
      }
      socket ??= options.takeSocket(next.characters, listener);
      socket.say(next.parts);
      unsent.shift();
      atVendor.push(next);
    }
  };
  const read = async () => {
    for await (const segment of segments) {
      const line = lineOf(segment);
      lines.push(line);
      if (line.parts.length > 0) unsent.push(line);
      send();
    }
    lines.end();
  };
  const stop = () => {
    socket?.release();
    socket = null;
    fail(signal.reason);
  };

  if (signal.aborted) return;
  signal.addEventListener('abort', stop, { once: true });
  read().catch(fail);
  try {
    for await (const { segment, parts, characters, sound } of lines) {
      const { segmentId, text } = segment;
      let durationMs = 0;
      if (parts.length > 0) {
        yield { type: 'usage', segmentId, provider: DEEPGRAM, model, characters };
        const piece = { text, charStart: 0, startMs: 0 };
        durationMs = yield* markedSound({ segmentId, piece, sampleRateHz, pace, sound });
        if (durationMs === 0) throw failed('unavailable', 'a text was given no sound');
      }
      yield { type: 'segmentEnd', segmentId, durationMs };
    }
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
  }
}

function lineOf(segment: TtsSegment): Line {
  // Control characters say nothing.
  const parts = hasWords(segment.text)
    ? textParts(segment.text.replace(/\p{Cc}/gu, ' '), LONGEST_CHARS).map(({ text }) => text)
    : [];
  return {
    segment,
    parts,
    characters: parts.reduce((sum, part) => sum + part.length, 0),
    sound: createAsyncQueue<Int16Array>(MOST_SOUNDS),
  };
}
