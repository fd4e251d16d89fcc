import { randomUUID } from 'node:crypto';
import type { GenerationRequest, WebsocketResponse } from '@cartesia/cartesia-js/resources/tts.js';
import type { AsyncQueue } from '../../runtime/async-queue.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { ProviderError } from '../../runtime/provider-error.ts';
import type { TtsEvent } from '../contract.ts';
import type { VoicePace } from '../estimated-marks.ts';
import { createPcmStream } from '../pcm-stream.ts';
import type { TtsSegment } from '../reply.ts';
import { plainSegment } from '../sayable.ts';
import { createTimedSegment, type TimedSegment } from '../timed-segment.ts';
import type { CartesiaConnection } from './connection.ts';
import { CARTESIA, cartesiaError } from './faults.ts';

/** What is the same in every input of a reply. */
export type CartesiaVoice = Omit<GenerationRequest, 'context_id' | 'transcript' | 'continue' | 'flush'>;

/** Silence of the vendor while sound is owed, in ms, after which it has stopped: over its limits it does so without a word. */
const GAP_MS = 5_000;
/** A context is taken no input this long after its last sound, in ms. Source: the vendor ends it after 1 s. */
const CONTEXT_KEPT_MS = 700;

/** A segment that was given and whose end was not. */
type Owed = { readonly segment: TtsSegment } & (
  | { readonly kind: 'silent' }
  | { readonly kind: 'spoken'; readonly timed: TimedSegment; wordsFromMs: number | null; isBegun: boolean }
);

/** What a reply asks of the vendor and hears from it. */
export interface Passage {
  /** A segment without anything to pronounce: its end comes in its turn. */
  addSilent(segment: TtsSegment): void;
  say(connection: CartesiaConnection, segment: TtsSegment): void;
  /** No segment follows. */
  finish(): void;
  /** Takes back at the vendor what was not given yet. Safe to call when all was. */
  cancel(): void;
}

/** A reply's inputs in one context, or in another where it paused for longer than the vendor keeps one. */
export function createPassage(options: {
  readonly voice: CartesiaVoice;
  readonly pace: VoicePace;
  readonly clock: Clock;
  readonly events: AsyncQueue<TtsEvent>;
}): Passage {
  const { voice, pace, clock, events } = options;
  const sampleRateHz = voice.output_format.sample_rate;
  let owed: Owed[] = [];
  let context: { readonly id: string; readonly connection: CartesiaConnection; leave(): void } | null = null;
  let pcm = createPcmStream();
  let contextMs = 0;
  let heardAtMs = clock.nowMs();
  let isFinished = false;
  let isOver = false;
  let cancelGap = () => {};

  const end = (error?: ProviderError) => {
    if (isOver) return;
    isOver = true;
    cancelGap();
    context?.leave();
    if (error === undefined) events.end();
    else events.fail(error);
  };

  const give = (made: readonly TtsEvent[]) => {
    for (const event of made) {
      if (!events.push(event) && !isOver) return end(cartesiaError('bad_request', 'the reply is too long'));
    }
  };

  /** Ends what has no sound, and begins what is next. */
  const advance = () => {
    while (owed[0]?.kind === 'silent') {
      give([{ type: 'segmentEnd', segmentId: owed[0].segment.segmentId, durationMs: 0 }]);
      owed.shift();
    }
    const next = owed[0];
    if (next === undefined && isFinished) return end();
    if (next?.kind !== 'spoken' || next.isBegun) return;
    next.isBegun = true;
    const { segmentId, text } = next.segment;
    give([{ type: 'usage', segmentId, provider: CARTESIA, model: voice.model_id, characters: text.length }]);
  };

  const endSegment = () => {
    const ended = owed.shift();
    if (ended?.kind !== 'spoken') return;
    contextMs += ended.timed.receivedMs;
    give(ended.timed.end());
    advance();
  };

  const cancelOwed = () => {
    if (context === null || owed.length === 0) return;
    context.connection.send({ context_id: context.id, cancel: true });
  };

  const watchGap = () => {
    cancelGap();
    if (isOver || owed.length === 0) return;
    cancelGap = clock.at(clock.nowMs() + GAP_MS, () => {
      cancelOwed();
      end(cartesiaError('timeout', `no sound came for ${GAP_MS} ms`));
    });
  };

  const hear = (message: Exclude<WebsocketResponse, WebsocketResponse.Error>) => {
    const sounding = owed[0]?.kind === 'spoken' ? owed[0] : null;
    heardAtMs = clock.nowMs();
    switch (message.type) {
      case 'chunk':
        if (sounding !== null) give(sounding.timed.sound(pcm.push(Buffer.from(message.data, 'base64'))));
        break;
      case 'timestamps':
        if (sounding !== null) tellWords(sounding, message);
        break;
      case 'flush_done':
        // A submission ends by itself, and by our flush: the second time nothing has sounded since.
        if (sounding !== null && sounding.timed.receivedMs > 0) endSegment();
        break;
      case 'done':
        while (owed.length > 0 && !isOver) endSegment();
        break;
      case 'phoneme_timestamps':
        break;
    }
    watchGap();
  };

  /** Times run from the start of the context; from that of the submission where they begin before it. */
  const tellWords = (sounding: Owed & { kind: 'spoken' }, message: WebsocketResponse.Timestamps) => {
    const { words = [], start = [], end: ends = [] } = message.word_timestamps ?? {};
    const firstMs = 1000 * (start[0] ?? 0);
    sounding.wordsFromMs ??= firstMs + 50 >= contextMs ? contextMs : 0;
    const fromMs = sounding.wordsFromMs;
    give(
      sounding.timed.words(
        words.map((text, index) => ({
          text,
          startMs: Math.max(0, 1000 * (start[index] ?? 0) - fromMs),
          endMs: Math.max(0, 1000 * (ends[index] ?? 0) - fromMs),
          isEstimated: false,
        })),
      ),
    );
  };

  const fail = (error: ProviderError) => {
    // The vendor may refuse the empty input that ends a context; what it owes still comes.
    if (isFinished && error.code === 'bad_request' && /transcript/i.test(error.message)) return;
    end(error);
  };

  const openContext = (connection: CartesiaConnection) => {
    const id = randomUUID();
    const leave = connection.listen(id, { onMessage: hear, onError: fail });
    context = { id, connection, leave };
    pcm = createPcmStream();
    contextMs = 0;
    return context;
  };

  const contextFor = (connection: CartesiaConnection) => {
    const isFresh = owed.some(({ kind }) => kind === 'spoken') || clock.nowMs() - heardAtMs < CONTEXT_KEPT_MS;
    if (context !== null && context.connection === connection && isFresh) return context;
    context?.leave();
    return openContext(connection);
  };

  return {
    addSilent(segment: TtsSegment) {
      owed.push({ kind: 'silent', segment });
      advance();
    },
    say(connection: CartesiaConnection, segment: TtsSegment) {
      if (isOver) return;
      const { id } = contextFor(connection);
      const { segmentId, text } = segment;
      const timed = createTimedSegment({ segmentId, text, sampleRateHz, pace });
      owed.push({ kind: 'spoken', segment, timed, wordsFromMs: null, isBegun: false });
      connection.send({ ...voice, context_id: id, transcript: plainSegment(text), continue: true });
      connection.send({ ...voice, context_id: id, transcript: '', continue: true, flush: true });
      advance();
      watchGap();
    },
    finish() {
      isFinished = true;
      if (context !== null && owed.length > 0) {
        context.connection.send({ ...voice, context_id: context.id, transcript: '', continue: false });
      }
      advance();
    },
    cancel() {
      if (isOver) return;
      cancelOwed();
      owed = [];
      end();
    },
  };
}
