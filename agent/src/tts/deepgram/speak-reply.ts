import { createAsyncQueue } from '../../runtime/async-queue.ts';
import { DEEPGRAM, failed } from '../../runtime/deepgram-connection.ts';
import type { TtsEvent } from '../contract.ts';
import type { VoicePace } from '../estimated-marks.ts';
import type { TtsSegment } from '../reply.ts';
import { splitSpeakable } from '../speakable-pieces.ts';
import { createTimedSegment, type TimedSegment } from '../timed-segment.ts';
import { syllablesIn } from '../word-marks.ts';
import type { SpeakListener, SpeakSocket } from './speak-socket.ts';

/** Events that may wait to be read: an hour of sound. */
const MOST_EVENTS = 100_000;
/** Segments at the vendor at a time: the one that sounds, and the next, so that there is no gap between them. */
const MOST_AT_VENDOR = 2;

interface Line {
  readonly segmentId: string;
  /** What is sent; empty where there is nothing to say. */
  readonly pieces: readonly string[];
  readonly characters: number;
  readonly timed: TimedSegment;
  isSent: boolean;
  isBilled: boolean;
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
  const { signal, model } = options;
  const events = createAsyncQueue<TtsEvent>(MOST_EVENTS);
  const lines: Line[] = [];
  let socket: SpeakSocket | null = null;
  let isLast = false;

  const give = (made: readonly TtsEvent[]) => {
    for (const event of made) events.push(event);
  };
  const listener: SpeakListener = {
    onSound: (samples) => give(lines[0]?.timed.sound(samples) ?? []),
    onFlushed() {
      const line = lines.shift();
      if (line === undefined) return;
      if (line.timed.receivedMs === 0) return events.fail(failed('unavailable', 'a text was given no sound'));
      give(line.timed.end());
      goOn();
    },
    onLost: events.fail,
  };

  /** Sends what may be sent, and gives what needs no sound. */
  const goOn = () => {
    if (signal.aborted) return;
    for (const line of lines.filter(({ isSent, pieces }) => !isSent && pieces.length > 0)) {
      const atVendor = lines.filter(({ isSent }) => isSent).length;
      if (atVendor === MOST_AT_VENDOR) break;
      if (socket !== null && !socket.allows(line.characters)) {
        if (atVendor > 0) break;
        socket.release();
        socket = null;
      }
      socket ??= options.takeSocket(line.characters, listener);
      socket.say(line.pieces);
      line.isSent = true;
    }
    while (lines[0]?.pieces.length === 0) give(lines.shift()?.timed.end() ?? []);
    const [head] = lines;
    if (head?.isSent && !head.isBilled) {
      head.isBilled = true;
      const { segmentId, characters } = head;
      events.push({ type: 'usage', segmentId, provider: DEEPGRAM, model, characters });
    }
    if (isLast && lines.length === 0) events.end();
  };

  const read = async () => {
    for await (const { segmentId, text } of segments) {
      const pieces = piecesOf(text);
      const characters = pieces.reduce((sum, piece) => sum + piece.length, 0);
      const timed = createTimedSegment({ ...options, segmentId, text });
      lines.push({ segmentId, pieces, characters, timed, isSent: false, isBilled: false });
      goOn();
    }
    isLast = true;
    goOn();
  };

  const stop = () => {
    socket?.release();
    socket = null;
    events.end();
  };
  if (signal.aborted) return;
  signal.addEventListener('abort', stop, { once: true });
  read().catch(events.fail);
  try {
    yield* events;
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
  }
}

/** What is sent of a segment: control characters say nothing, and the vendor bounds the length of a message. */
function piecesOf(text: string): readonly string[] {
  if (syllablesIn(text) === 0) return [];
  return splitSpeakable(text.replace(/\p{Cc}/gu, ' ')).map((piece) => piece.text);
}
