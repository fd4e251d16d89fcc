import type { Logger } from 'pino';
import { createAsyncQueue } from '../runtime/async-queue.ts';
import type { Clock } from '../runtime/clock.ts';
import { AttemptReplaced, beginAttempt, type ProviderAttempt } from '../runtime/provider-attempt.ts';
import { ProviderError, type ProviderErrorCode } from '../runtime/provider-error.ts';
import type { ProviderOrder } from '../runtime/provider-order.ts';
import { createProviderTries } from '../runtime/provider-tries.ts';
import type { TtsEvent, TtsReply } from './contract.ts';
import type { TtsSegment } from './reply.ts';
import type { TtsCandidate } from './switched.ts';
import { createSwitchedSegment, type SwitchedSegment } from './switched-segment.ts';

/**
 * Longest wait for the first sound of a segment, connecting included, in ms: three times what voices that stream from an
 * HTTP answer take (0.6 s), which are the slowest. As all of these, half as long
 * again where nobody else is left.
 */
const FIRST_SOUND_MS = 2_000;

/**
 * Longest silence in mid-segment once all that was given has sounded, in ms. With the 500 ms in which another voice begins,
 * a caller hears a pause of 1.2 s at the most.
 */
const PAUSE_MS = 700;

/** Longest wait in mid-segment while there is still sound to be heard, in ms: another voice then begins in time. */
const SOUND_GAP_MS = 2_000;

/** News that may wait for a reader, who in a call never waits: an hour of sound in blocks of 40 ms. */
const MOST_WAITING_NEWS = 100_000;

/** One provider's voice, speaking from some place of the reply on. */
interface Voice {
  readonly candidate: TtsCandidate;
  readonly attempt: ProviderAttempt<TtsReply>;
  /** Who was to speak when it began: it speaks on until that changes. */
  readonly wanted: TtsCandidate;
  isBilled: boolean;
}

type News =
  | { readonly kind: 'said'; readonly segment: TtsSegment }
  | { readonly kind: 'finished' }
  | { readonly kind: 'event'; readonly of: Voice; readonly event: TtsEvent }
  | { readonly kind: 'over'; readonly of: Voice; readonly error: ProviderError | null }
  | { readonly kind: 'retry'; readonly candidate: TtsCandidate };

/** Speaks a reply with one voice after the other, as they fail or others are asked for. */
export async function* speakInTurn(options: {
  readonly segments: AsyncIterable<TtsSegment>;
  readonly order: ProviderOrder<TtsCandidate>;
  readonly language: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly signal: AbortSignal;
}): AsyncGenerator<TtsEvent> {
  const { order, language, clock, log, signal } = options;
  if (signal.aborted) return;
  const news = createAsyncQueue<News>(MOST_WAITING_NEWS);
  const tries = createProviderTries(order);
  /** Not given whole; the first is the one that is spoken. */
  const segments: SwitchedSegment[] = [];
  const now = {
    voice: null as Voice | null,
    failedWith: null as ProviderErrorCode | null,
    soundsUntilMs: 0,
    isBetweenSentences: false,
  };
  let isFinished = false;
  let cancelRetry = () => {};

  const begin = (candidate: TtsCandidate) => {
    const { stage, voice } = candidate;
    const attempt = beginAttempt({
      candidate,
      order,
      clock,
      signal,
      open: (until) => stage.open({ voice, language, signal: until }),
      onEvent: (event: TtsEvent) => void news.push({ kind: 'event', of: begun, event }),
      onEnd: (error) => void news.push({ kind: 'over', of: begun, error }),
    });
    const begun: Voice = { candidate, attempt, wanted: order.current, isBilled: false };
    now.voice = begun;
    expectNext(begun);
    for (const { segmentId, text } of segments) attempt.stream?.say({ segmentId, text });
    if (isFinished) attempt.stream?.finish();
  };
  const beginNext = () => {
    const next = tries.next();
    if (next === null) throw tries.failure();
    const { candidate, waitMs } = next;
    if (waitMs === 0) return begin(candidate);
    cancelRetry = clock.at(clock.nowMs() + waitMs, () => void news.push({ kind: 'retry', candidate }));
  };
  /** The voice has no more to say, or is not to: who comes next goes on. */
  const goOn = () => {
    now.voice = null;
    if (segments.length > 0) beginNext();
    else if (isFinished) news.end();
  };

  const expectNext = ({ candidate, attempt }: Voice) => {
    const nowMs = clock.nowMs();
    const firstSoundMs = tries.patienceFor(candidate) * FIRST_SOUND_MS;
    if (segments.length > 0) attempt.expectBy({ atMs: nowMs + firstSoundMs, missing: 'the first sound' });
    else if (isFinished) attempt.expectBy({ atMs: nowMs + SOUND_GAP_MS, missing: 'the end' });
    else attempt.expectBy(null);
  };
  const expectMore = ({ candidate, attempt }: Voice, soundMs: number) => {
    const nowMs = clock.nowMs();
    now.soundsUntilMs = Math.max(now.soundsUntilMs, nowMs) + soundMs;
    const patience = tries.patienceFor(candidate);
    const atMs = Math.min(now.soundsUntilMs + patience * PAUSE_MS, nowMs + patience * SOUND_GAP_MS);
    attempt.expectBy({ atMs, missing: 'the next sound' });
  };

  const isReplaced = ({ wanted, candidate }: Voice) =>
    order.current !== wanted && order.current !== candidate;
  const replace = (voice: Voice) => {
    voice.attempt.end(new AttemptReplaced(voice.candidate.stage.provider));
    goOn();
  };

  const say = (segment: TtsSegment) => {
    const isEdge = segments.length === 0 && now.isBetweenSentences;
    segments.push(createSwitchedSegment(segment));
    if (isEdge && now.voice !== null && isReplaced(now.voice)) replace(now.voice);
    else if (now.voice !== null) {
      now.voice.attempt.stream?.say(segment);
      if (segments.length === 1) expectNext(now.voice);
    } else if (segments.length === 1) beginNext();
  };
  const finish = () => {
    isFinished = true;
    if (now.voice !== null) {
      now.voice.attempt.stream?.finish();
      if (segments.length === 0) expectNext(now.voice);
    } else if (segments.length === 0) news.end();
  };
  function* give(voice: Voice, event: TtsEvent): Generator<TtsEvent> {
    const segment = segments[0];
    if (segment === undefined || segment.segmentId !== event.segmentId) return;
    // A line that was ready says nothing of the vendor.
    if (voice.isBilled) voice.attempt.worked();
    if (event.type === 'audio') {
      if (order.current === voice.wanted) order.takeOver(voice.candidate, now.failedWith);
      expectMore(voice, (event.samples.length * 1000) / event.sampleRateHz);
    }
    yield* segment.translate(event);
    if (event.type !== 'segmentEnd') return;
    segments.shift();
    tries.reset();
    now.isBetweenSentences = segment.endsSentence;
    const hasMore = segments.length > 0 || !isFinished;
    if (hasMore && segment.endsSentence && isReplaced(voice)) replace(voice);
    else expectNext(voice);
  }
  function* handOver(voice: Voice, error: ProviderError): Generator<TtsEvent> {
    const { candidate } = voice;
    const { provider, model } = candidate.stage;
    log.warn({ err: error, provider, model }, 'a voice failed in a reply');
    const segment = segments[0];
    // It owed nothing, and may have been closed for its silence: it may speak on.
    if (segment === undefined) return goOn();
    if (candidate === order.current) now.failedWith = error.code;
    const saidBefore = segment.saidChars;
    const end = segment.handOver();
    if (end !== null) {
      segments.shift();
      yield end;
    }
    if (end !== null || segment.saidChars > saidBefore) tries.reset();
    tries.failed(candidate, error);
    goOn();
  }

  const listen = async () => {
    for await (const segment of options.segments) news.push({ kind: 'said', segment });
    news.push({ kind: 'finished' });
  };
  const onAbort = () => news.end();
  signal.addEventListener('abort', onAbort, { once: true });
  listen().catch(news.fail);
  try {
    for await (const item of news) {
      switch (item.kind) {
        case 'said':
          say(item.segment);
          break;
        case 'finished':
          finish();
          break;
        case 'event':
          // What was billed was billed, whoever speaks now.
          if (item.event.type === 'usage') item.of.isBilled = true;
          if (item.event.type === 'usage') yield item.event;
          else if (item.of === now.voice && !signal.aborted) yield* give(item.of, item.event);
          break;
        case 'over':
          if (item.of !== now.voice) break;
          if (isFinished && segments.length === 0) news.end();
          else yield* handOver(item.of, item.error ?? endedEarly(item.of));
          break;
        case 'retry':
          begin(item.candidate);
          break;
      }
    }
  } finally {
    cancelRetry();
    signal.removeEventListener('abort', onAbort);
    now.voice?.attempt.end(new AttemptReplaced(now.voice.candidate.stage.provider));
  }
}

function endedEarly({ candidate }: Voice): ProviderError {
  const message = 'the voice ended before it had said everything';
  return new ProviderError('protocol', message, { provider: candidate.stage.provider, retryable: true });
}
