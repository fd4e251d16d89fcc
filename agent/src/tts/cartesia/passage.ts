import { randomUUID } from 'node:crypto';
import type { GenerationRequest, WebsocketResponse } from '@cartesia/cartesia-js/resources/tts.js';
import type { AsyncQueue } from '../../runtime/async-queue.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { ProviderError } from '../../runtime/provider-error.ts';
import type { TtsEvent } from '../contract.ts';
import type { VoicePace } from '../estimated-marks.ts';
import { createOwedSegments } from '../owed-segments.ts';
import type { Passage } from '../passage.ts';
import { createPcmStream } from '../pcm-stream.ts';
import { plainSegment } from '../sayable.ts';
import type { CartesiaConnection } from './connection.ts';
import { CARTESIA } from './faults.ts';

/** What is the same in every input of a reply. */
export type CartesiaVoice = Omit<GenerationRequest, 'context_id' | 'transcript' | 'continue' | 'flush'>;

/** A context is taken no input this long after its last sound, in ms. Source: the vendor ends it after 1 s. */
const CONTEXT_KEPT_MS = 700;
/** Words that begin this much before their segment's sound are timed from it and not from the context's start, in ms. */
const TIMES_SLACK_MS = 50;

/** A reply's inputs in one context, or in another where it paused for longer than the vendor keeps one. */
export function createCartesiaPassage(options: {
  readonly connect: () => Promise<CartesiaConnection>;
  readonly voice: CartesiaVoice;
  readonly pace: VoicePace;
  readonly clock: Clock;
  readonly events: AsyncQueue<TtsEvent>;
}): Passage {
  const { connect, voice, pace, clock, events } = options;
  let context: { readonly id: string; readonly connection: CartesiaConnection; leave(): void } | null = null;
  let pcm = createPcmStream();
  /** Sound of the context's segments that have ended. */
  let endedMs = 0;
  /** Where the times of the first segment's words begin, in ms of the context; null before its first word. */
  let wordsFromMs: number | null = null;
  let heardAtMs = clock.nowMs();
  let isFinished = false;

  const cancelOwed = () => {
    if (context !== null && owed.count > 0) context.connection.send({ context_id: context.id, cancel: true });
  };
  const owed = createOwedSegments({
    events,
    provider: CARTESIA,
    model: voice.model_id,
    sampleRateHz: voice.output_format.sample_rate,
    pace,
    clock,
    onStalled: cancelOwed,
  });

  const end = (error?: ProviderError) => {
    context?.leave();
    owed.end(error);
  };

  const endSegment = () => {
    endedMs += owed.first?.timed?.receivedMs ?? 0;
    wordsFromMs = null;
    owed.endFirst();
    if (owed.isOver) context?.leave();
  };

  const hear = (message: Exclude<WebsocketResponse, WebsocketResponse.Error>) => {
    heardAtMs = clock.nowMs();
    switch (message.type) {
      case 'chunk':
        // The SDK has decoded it.
        owed.sound(pcm.push(message.audio ?? Buffer.from(message.data, 'base64')));
        break;
      case 'timestamps':
        tellWords(message);
        break;
      case 'flush_done':
        // A submission ends by itself, and by our flush: the second time nothing has sounded since.
        if ((owed.first?.timed?.receivedMs ?? 0) > 0) endSegment();
        break;
      case 'done':
        while (owed.count > 0 && !owed.isOver) endSegment();
        break;
      case 'phoneme_timestamps':
        break;
    }
    owed.touch();
  };

  const tellWords = (message: WebsocketResponse.Timestamps) => {
    const { words = [], start = [], end: ends = [] } = message.word_timestamps ?? {};
    const firstMs = 1000 * (start[0] ?? 0);
    wordsFromMs ??= firstMs + TIMES_SLACK_MS >= endedMs ? endedMs : 0;
    const fromMs = wordsFromMs;
    owed.words(
      words.map((text, index) => ({
        text,
        startMs: Math.max(0, 1000 * (start[index] ?? 0) - fromMs),
        endMs: Math.max(0, 1000 * (ends[index] ?? 0) - fromMs),
        isEstimated: false,
      })),
    );
  };

  const fail = (error: ProviderError) => {
    // The vendor may refuse the empty input that ends a context; what it owes still comes.
    if (isFinished && error.code === 'bad_request' && /transcript/i.test(error.message)) return;
    end(error);
  };

  const isKept = () => owed.count > 0 || clock.nowMs() - heardAtMs < CONTEXT_KEPT_MS;

  const contextFor = (connection: CartesiaConnection) => {
    if (context !== null && context.connection === connection && isKept()) return context;
    context?.leave();
    const id = randomUUID();
    context = { id, connection, leave: connection.listen(id, { onMessage: hear, onError: fail }) };
    pcm = createPcmStream();
    endedMs = 0;
    return context;
  };

  return {
    addSilent: (segment) => owed.addSilent(segment),
    async say(segment) {
      const connection = await connect();
      if (owed.isOver) return;
      const { id } = contextFor(connection);
      const input = { ...voice, context_id: id, continue: true };
      connection.send({ ...input, transcript: plainSegment(segment.text) });
      connection.send({ ...input, transcript: '', flush: true });
      owed.add(segment);
    },
    finish() {
      isFinished = true;
      // Also where all was spoken: a context that has not ended counts against the vendor's limit.
      if (context !== null && isKept()) {
        context.connection.send({ ...voice, context_id: context.id, transcript: '', continue: false });
      }
      owed.finish();
      if (owed.isOver) context?.leave();
    },
    cancel() {
      if (owed.isOver) return;
      cancelOwed();
      end();
    },
  };
}
