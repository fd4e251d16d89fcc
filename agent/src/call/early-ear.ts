import type { VadParams } from '@parley/contracts/agent-definition';
import { GATE_FRAME_MS, QUIET_GATE, type SpeechGate, stepSpeechGate } from '@parley/engine/vad/speech-gate';
import { levelDb } from '../audio/frame.ts';
import { type Clock, delay } from '../runtime/clock.ts';
import { createDeferred } from '../runtime/deferred.ts';
import type { HeardFrame, Stt } from '../stt/contract.ts';
import { VAD_SAMPLE_RATE_HZ, type Vad } from '../vad/contract.ts';

/**
 * Silence that ends a sentence, in ms, where the agent's own setting is shorter. Nobody waits for this turn, since the
 * agent greets meanwhile: a sentence with a pause for thought is better heard whole.
 */
const LEAST_PAUSE_MS = 1_000;

/** Longest wait for the last final, in ms. */
const LAST_FINAL_MS = 10_000;

export type EarlyWords =
  /** All sentences that were understood, apart by spaces. */
  | { readonly outcome: 'words'; readonly text: string }
  | { readonly outcome: 'rejected'; readonly text: '' }
  | { readonly outcome: 'silence'; readonly text: '' };

/** An ear for sound of the past, as fast as it is given: VAD, speech gate and a recogniser of its own. */
export interface EarlyEar {
  /** Takes the next 512 samples of 16 kHz. */
  hear(samples: Int16Array): Promise<void>;
  /** Whether somebody is in mid-sentence: spoke, and has not paused for long. */
  readonly isInSentence: boolean;
  /** What was said. Rejects with the recogniser's error, and where it gives no final for 10 s or is closed. */
  finish(): Promise<EarlyWords>;
  /** Safe to call twice, and after `finish`. */
  close(): void;
}

/** Opens no recogniser, which may be a vendor's, before somebody speaks. */
export function openEarlyEar(options: {
  readonly vad: Vad;
  readonly stt: Stt;
  readonly language: string;
  readonly vadParams: VadParams;
  readonly clock: Clock;
  /** Closes the ear. */
  readonly signal: AbortSignal;
}): EarlyEar {
  const { vadParams, clock } = options;
  const ear = options.vad.openEar();
  const closing = new AbortController();
  const until = AbortSignal.any([options.signal, closing.signal]);
  const pauseFrames = Math.max(LEAST_PAUSE_MS, vadParams.silenceDurationMs) / GATE_FRAME_MS;
  const prefixFrames = Math.max(1, Math.ceil(vadParams.prefixPaddingMs / GATE_FRAME_MS));
  let prefix: Int16Array[] = [];
  let gate: SpeechGate = QUIET_GATE;
  let frameCount = 0;
  let recogniser: ReturnType<typeof openRecogniser> | null = null;
  let sentence: { readonly silentFrames: number } | null = null;

  function openRecogniser() {
    const stream = options.stt.open({
      language: options.language,
      prefixPaddingMs: vadParams.prefixPaddingMs,
      signal: until,
    });
    const texts: string[] = [];
    let isRejected = false;
    let openFinals = 0;
    let whenIdle = createDeferred<void>();
    whenIdle.resolve();
    const read = async () => {
      for await (const event of stream) {
        if (event.type !== 'final') continue;
        if (event.outcome === 'words') texts.push(event.text.trim());
        isRejected ||= event.outcome === 'rejected';
        if (event.answersFinalize) openFinals -= 1;
        if (openFinals === 0) whenIdle.resolve();
      }
      if (openFinals > 0) throw new Error('the recogniser ended its stream');
    };
    const failed = createDeferred<never>();
    failed.promise.catch(() => {});
    read().catch(failed.reject);
    return {
      push: (frame: HeardFrame) => stream.push(frame),
      finalize() {
        if (openFinals === 0) whenIdle = createDeferred();
        openFinals += 1;
        stream.finalize();
      },
      idle: () => Promise.race([whenIdle.promise, failed.promise]),
      words(): EarlyWords {
        if (texts.length > 0) return { outcome: 'words', text: texts.join(' ') };
        return { outcome: isRejected ? 'rejected' : 'silence', text: '' };
      },
    };
  }

  const push = (samples: Int16Array, isSpeech: boolean) => {
    if (recogniser === null && !isSpeech) {
      prefix = [...prefix, samples].slice(-prefixFrames);
      return;
    }
    if (recogniser === null) {
      recogniser = openRecogniser();
      for (const early of prefix.splice(0)) push(early, false);
    }
    recogniser.push({ samples, sampleRateHz: VAD_SAMPLE_RATE_HZ, isSpeech });
  };
  const endSentence = () => {
    if (sentence === null) return;
    sentence = null;
    recogniser?.finalize();
  };

  return {
    async hear(samples) {
      const probability = await ear.process(samples);
      frameCount += 1;
      const frame = { probability, levelDb: levelDb(samples), atMs: frameCount * GATE_FRAME_MS };
      const step = stepSpeechGate(gate, frame, vadParams);
      gate = step.state;
      if (until.aborted) return;
      push(samples, step.isSpeech);
      if (step.isSpeech) sentence = { silentFrames: 0 };
      else if (sentence !== null) sentence = { silentFrames: sentence.silentFrames + 1 };
      if (sentence !== null && sentence.silentFrames >= pauseFrames) endSentence();
    },
    get isInSentence() {
      return sentence !== null;
    },
    async finish() {
      endSentence();
      if (recogniser === null) return { outcome: 'silence', text: '' };
      const waiting = new AbortController();
      const timeout = delay(clock, LAST_FINAL_MS, AbortSignal.any([until, waiting.signal])).then(() => {
        throw new Error(`the recogniser gave no final for ${LAST_FINAL_MS} ms`);
      });
      try {
        await Promise.race([recogniser.idle(), timeout]);
        return recogniser.words();
      } finally {
        waiting.abort(new Error('heard'));
        timeout.catch(() => {});
      }
    },
    close: () => closing.abort(new Error('early ear closed')),
  };
}
