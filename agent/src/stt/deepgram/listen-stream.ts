import type { Deepgram } from '@deepgram/sdk';
import type { Logger } from 'pino';
import type { Clock } from '../../runtime/clock.ts';
import {
  type DeepgramConnection,
  type DeepgramHandlers,
  type DeepgramSocket,
  failed,
} from '../../runtime/deepgram-connection.ts';
import type { SttStream } from '../contract.ts';
import { answeringFinal } from '../final-event.ts';
import { createKeepAlive } from './keep-alive.ts';
import { createOwedFinals, type OwedFinal } from './owed-finals.ts';
import { msOf, requireRate } from './sample-rate.ts';
import { openSoundLine } from './sound-line.ts';
import { createSpokenSound } from './spoken-sound.ts';
import { createStreamLife } from './stream-life.ts';
import { createTranscript, type HeardSpan, sinceStart, type Transcript } from './transcript.ts';
import { type Results, resultsSchema } from './wire-messages.ts';

/** What Nova sends. */
export type ListenMessage =
  | Deepgram.listen.ListenV1Results
  | Deepgram.listen.ListenV1Metadata
  | Deepgram.listen.ListenV1UtteranceEnd
  | Deepgram.listen.ListenV1SpeechStarted;

/** What of the SDK's socket a stream uses. */
export interface ListenSocket extends DeepgramSocket<ListenMessage> {
  sendMedia(sound: ArrayBufferView): void;
  sendFinalize(message: { readonly type: 'Finalize' }): void;
  sendKeepAlive(message: { readonly type: 'KeepAlive' }): void;
}

/** Silence after speech that is sent, in ms: the vendor's end of an utterance needs a second of it. */
const TAIL_MS = 1_500;
/**
 * How long the answer to Finalize is waited for, in ms; then what is understood so far is the answer. The vendor does
 * not promise one, and a call waits for 1.5 s beyond the end of a turn.
 */
const FINAL_WITHIN_MS = 1_000;
/** How far the end of a finalised span may be from the sound that was sent, in ms. */
const FINALISED_NEAR_MS = 250;
/** Speech longer than this, in ms, has some answer in `FINAL_WITHIN_MS`, or the vendor hears nothing. */
const ANSWERED_SPEECH_MS = 500;

/** What was sent and understood on one connection: the vendor's clock begins anew with the next. */
interface Heard {
  sentMs: number;
  utteranceStartMs: number;
  /** Finalize messages that the vendor may still answer. */
  unconfirmed: number;
  readonly transcript: Transcript;
}

const nothingHeard = (): Heard => ({
  sentMs: 0,
  utteranceStartMs: 0,
  unconfirmed: 0,
  transcript: createTranscript(),
});

/** One ear's stream to Nova. Finals are given when they are asked for: until then final words are part of interims. */
export function openListenStream(options: {
  readonly connect: (handlers: DeepgramHandlers<ListenMessage, ListenSocket>) => DeepgramConnection;
  readonly prefixPaddingMs: number;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly log: Logger;
}): SttStream {
  const { clock, log } = options;
  const spoken = createSpokenSound({ prefixPaddingMs: options.prefixPaddingMs, tailMs: TAIL_MS });
  const keepAlive = createKeepAlive({ clock });
  let heard = nothingHeard();
  /** Speech since a final was asked for last. */
  let speechMs = 0;
  let lastInterim = '';
  let isSpeaking = false;

  const life = createStreamLife({
    signal: options.signal,
    release() {
      keepAlive.stop();
      owed.clear();
      line?.close();
    },
  });

  const owed = createOwedFinals({
    clock,
    withinMs: FINAL_WITHIN_MS,
    isReady: (untilMs) => heard.transcript.finalUntilMs >= untilMs - 1,
    give(final) {
      const understood = heard.transcript.cut();
      life.give(answeringFinal(sinceStart(understood, heard.utteranceStartMs, heard.sentMs)));
      heard.utteranceStartMs = Math.max(heard.utteranceStartMs, final.untilMs ?? 0);
      lastInterim = '';
    },
    onLate(final) {
      const accountedUntilMs = Math.max(heard.transcript.coveredUntilMs, heard.utteranceStartMs);
      const isDeaf = (final.untilMs ?? heard.sentMs) - accountedUntilMs >= ANSWERED_SPEECH_MS;
      if (isDeaf && final.speechMs >= ANSWERED_SPEECH_MS) {
        life.fail(failed('timeout', `no answer to ${Math.round(final.speechMs)} ms of speech`));
        return false;
      }
      log.debug({ waitedMs: FINAL_WITHIN_MS }, 'no final came; what was understood so far is taken');
      return true;
    },
  });

  const speechBegan = () => {
    if (!isSpeaking) life.give({ type: 'speechStarted' });
    isSpeaking = true;
  };
  const speechEnded = () => {
    if (isSpeaking) life.give({ type: 'speechEnded' });
    isSpeaking = false;
  };

  const takeResults = (results: Results) => {
    const { transcript } = heard;
    const span = spanOf(results);
    transcript.take(span);
    if (span.text !== '') speechBegan();
    if (results.from_finalize) takeFinalized(span.endMs);
    owed.giveReady();
    if (transcript.text !== '' && transcript.text !== lastInterim) {
      lastInterim = transcript.text;
      life.give({ type: 'interim', text: lastInterim });
    }
    if (results.speech_final) speechEnded();
  };

  /** The answer to a Finalize: the oldest one's, unless an older one was given up or given before its answer came. */
  const takeFinalized = (endMs: number) => {
    const isOfOlder = heard.unconfirmed > owed.waitingCount;
    heard.unconfirmed -= 1;
    const untilMs = owed.first?.untilMs ?? null;
    if (untilMs === null || (isOfOlder && endMs < untilMs - FINALISED_NEAR_MS)) return;
    owed.giveFirst();
    // Answers come in order: what older ones did not get, they do not get any more.
    heard.unconfirmed = owed.waitingCount;
  };

  const take = (message: ListenMessage) => {
    switch (message.type) {
      case 'Results':
        return takeResults(resultsSchema.parse(message));
      case 'SpeechStarted':
        return speechBegan();
      // It may follow a `speech_final` of the same words.
      case 'UtteranceEnd':
        return speechEnded();
      case 'Metadata':
        return;
      default:
        return takeOther(message);
    }
  };
  const takeOther = (message: object) => {
    const { type, description } = message as { readonly type?: unknown; readonly description?: unknown };
    // Not in the vendor's present description; older servers sent it before they closed.
    if (type === 'Error') return life.fail(failed('unavailable', String(description).slice(0, 200)));
    log.debug({ type: String(type) }, 'Deepgram sent a message of an unknown type');
  };

  const line = life.isOver
    ? null
    : openSoundLine<ListenMessage, ListenSocket>({
        connect: options.connect,
        onOpen(socket) {
          heard = nothingHeard();
          keepAlive.start(() => socket.sendKeepAlive({ type: 'KeepAlive' }));
        },
        sendSound(socket, { samples }) {
          // An empty frame would end the stream.
          if (samples.length === 0) return;
          socket.sendMedia(samples);
          heard.sentMs += msOf(samples.length);
          keepAlive.sent();
        },
        sendWish(socket, final) {
          socket.sendFinalize({ type: 'Finalize' });
          keepAlive.sent();
          heard.unconfirmed += 1;
          owed.wait(final, heard.sentMs);
          owed.giveReady();
        },
        onMessage: take,
        onClosed({ retryable }) {
          const isIdle = speechMs === 0 && owed.first === undefined && heard.transcript.text === '';
          if (!retryable || !isIdle) return false;
          keepAlive.stop();
          speechEnded();
          return true;
        },
        onLost: life.fail,
        log,
      });

  return {
    push(frame) {
      requireRate(frame);
      if (life.isOver) return;
      if (frame.isSpeech) speechMs += msOf(frame.samples.length);
      line?.sound(spoken.take(frame));
    },
    finalize() {
      if (life.isOver) return;
      const final: OwedFinal = owed.add(speechMs);
      speechMs = 0;
      if (final.speechMs > 0) line?.wish(final);
      owed.giveReady();
    },
    [Symbol.asyncIterator]: () => life[Symbol.asyncIterator](),
  };
}

function spanOf({ start, duration, is_final, channel }: Results): HeardSpan {
  const [best] = channel.alternatives;
  return {
    startMs: start * 1000,
    endMs: (start + duration) * 1000,
    isFinal: is_final,
    text: best?.transcript ?? '',
    words: (best?.words ?? []).map((word) => ({
      text: word.punctuated_word ?? word.word,
      startMs: word.start * 1000,
      endMs: word.end * 1000,
    })),
    language: best?.languages?.[0],
  };
}
