import type { AsyncQueue } from '../../runtime/async-queue.ts';
import type { Clock } from '../../runtime/clock.ts';
import { ELEVENLABS } from '../../runtime/elevenlabs-account.ts';
import { joinBlocks } from '../audio-blocks.ts';
import type { TtsEvent } from '../contract.ts';
import type { VoicePace } from '../estimated-marks.ts';
import { createOwedSegments } from '../owed-segments.ts';
import type { Passage } from '../passage.ts';
import { createPcmStream } from '../pcm-stream.ts';
import type { TtsSegment } from '../reply.ts';
import { plainSegment } from '../sayable.ts';
import type { ContextListener, VoiceContext } from './context-pool.ts';
import type { TimedChar } from './server-message.ts';
import { createTextPlace, type TextPlace } from './text-place.ts';

/**
 * The vendor does not tell where a segment's sound ends, but which characters it says when: a segment is over when the
 * next one's begin, when the context is, or, where no other is waiting, with the message that holds its last word.
 */
export function createElevenlabsPassage(options: {
  /** Opens the reply's context. */
  readonly open: (listener: ContextListener) => Promise<VoiceContext>;
  readonly model: string;
  readonly sampleRateHz: number;
  readonly pace: VoicePace;
  readonly clock: Clock;
  readonly events: AsyncQueue<TtsEvent>;
}): Passage {
  const { sampleRateHz } = options;
  const places = new Map<TtsSegment, TextPlace>();
  const pcm = createPcmStream();
  let context: VoiceContext | null = null;
  let isFinished = false;
  /** Sound after the end of a segment that was ended with its last word; it comes before the next. */
  let between: Int16Array = new Int16Array(0);

  const owed = createOwedSegments({
    ...options,
    provider: ELEVENLABS,
    onStalled() {
      context?.close();
      // All was said, and only the vendor's word for it is missing.
      if (isFinished && owed.count <= 1 && placeOfFirst()?.isAtEnd) while (owed.count > 0) endFirst();
    },
  });

  const msOf = (samples: Int16Array) => (samples.length * 1000) / sampleRateHz;
  const placeOfFirst = (): TextPlace | undefined => (owed.first ? places.get(owed.first.segment) : undefined);
  const endFirst = () => {
    if (owed.first) places.delete(owed.first.segment);
    owed.endFirst();
  };
  const secondPlace = (): TextPlace | undefined => [...places.values()][1];

  /** Gives the first segment more sound, and the words that it completes. */
  const giveFirst = (samples: Int16Array) => {
    owed.words((placeOfFirst()?.words() ?? []).map((word) => ({ ...word, isEstimated: false })));
    owed.sound(joinBlocks([between, samples]));
    between = new Int16Array(0);
  };

  const takeSound = (samples: Int16Array, chars: readonly TimedChar[]) => {
    let given = 0;
    /** Where the message's sound begins in that of the first segment, in ms. */
    let fromMs = (owed.first?.timed?.receivedMs ?? 0) + msOf(between);
    for (const { text, startMs, endMs } of chars) {
      const inFirst = { text, startMs: fromMs + startMs, endMs: fromMs + endMs };
      if (placeOfFirst()?.take(inFirst) !== false) continue;
      const next = secondPlace();
      const until = Math.max(given, Math.min(samples.length, Math.round((startMs * sampleRateHz) / 1000)));
      const untilMs = (until * 1000) / sampleRateHz;
      const inNext = { text, startMs: Math.max(0, startMs - untilMs), endMs: endMs - untilMs };
      if (next === undefined || !placeOfFirst()?.isAtEnd || !next.take(inNext)) continue;
      giveFirst(samples.subarray(given, until));
      endFirst();
      given = until;
      fromMs = -untilMs;
    }
    giveFirst(samples.subarray(given));
    if (!isFinished && owed.count === 1 && placeOfFirst()?.isAtEnd) endFirst();
  };

  const hear: ContextListener['onSound'] = ({ bytes, chars, isFinal }) => {
    const samples = pcm.push(bytes);
    if (owed.first !== null) takeSound(samples, chars);
    else if (samples.length > 0) between = joinBlocks([between, samples]);
    if (isFinal) while (owed.count > 0 && !owed.isOver) endFirst();
    owed.touch();
  };

  return {
    addSilent: (segment) => owed.addSilent(segment),
    async say(segment) {
      context ??= await options.open({ onSound: hear, onError: owed.end });
      if (owed.isOver) return context.close();
      const text = plainSegment(segment.text);
      places.set(segment, createTextPlace(text));
      context.send({ text, flush: true });
      owed.add(segment);
    },
    finish() {
      isFinished = true;
      // The vendor ends a context once it is closed, after what was flushed. It has no other message for a cancel: what a
      // reply that was finished still makes is dropped here.
      context?.close();
      owed.finish();
    },
    cancel() {
      context?.close();
      owed.end();
    },
  };
}
