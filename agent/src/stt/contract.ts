import type { AudioFrame } from '../audio/frame.ts';

/** Speech to text: opens a stream an ear. */
export interface Stt {
  readonly provider: string;
  /** Name of what recognises, as its bill has it. */
  readonly model: string;
  readonly capabilities: SttCapabilities;
  /** Loads models and opens connections, so that the first utterance waits for nothing. */
  warm(): Promise<void>;
  open(options: SttOptions): SttStream;
  /** Ends every stream and frees the models. Safe to call twice. */
  close(): Promise<void>;
}

export interface SttCapabilities {
  /** Gives `interim` events while the caller speaks. */
  readonly givesInterims: boolean;
  /** Gives `speechStarted` and `speechEnded` of its own; needed where an agent sets `vad: false`. */
  readonly givesSpeechEvents: boolean;
  /**
   * Silence after speech at which `finalize` should be asked for, in ms. 0 for vendors that keep listening across
   * a finalize; larger where cutting a sentence at a short pause spoils it.
   */
  readonly finalizeAfterSilenceMs: number;
  /** A stream may hear speech and never answer, as one over a network may; it is then opened anew. */
  readonly mayGoDeaf: boolean;
}

export interface SttOptions {
  /** BCP 47 tag. A language that the provider lacks: ProviderError `bad_request`. */
  readonly language: string;
  /** Sound from before speech was noticed that belongs to the utterance, in ms. */
  readonly prefixPaddingMs: number;
  /** Ends the stream: iteration stops and the provider drops its work within one event. */
  readonly signal: AbortSignal;
}

/** A frame as an ear gives it on: with the speech gate's verdict. */
export interface HeardFrame extends AudioFrame {
  /** True from the first frame of speech until the gate closes. */
  readonly isSpeech: boolean;
}

/**
 * Iterate to hear what was understood. Iteration throws ProviderError when the stream is lost; it ends without a
 * throw after abort.
 */
export interface SttStream extends AsyncIterable<SttEvent> {
  /** Takes 16 kHz frames in order, never blocks; past 10 s of backlog the oldest are dropped and counted. */
  push(frame: HeardFrame): void;
  /** Asks for the final of what was heard so far; answered by exactly one `final` with `answersFinalize`. */
  finalize(): void;
}

export interface SttWord {
  readonly text: string;
  /** From the start of the utterance. */
  readonly startMs: number;
  readonly endMs: number;
}

export type SttEvent =
  | { readonly type: 'speechStarted' }
  | { readonly type: 'speechEnded' }
  /** The whole text of the utterance so far; replaces the interim before it. */
  | { readonly type: 'interim'; readonly text: string }
  | {
      readonly type: 'final';
      /** Empty unless `outcome` is `words`. */
      readonly text: string;
      /**
       * `words`: understood. `silence`: nothing was said, a cough or noise. `rejected`: something was said that
       * the recogniser cannot put into words (outside an embedded grammar).
       */
      readonly outcome: 'words' | 'silence' | 'rejected';
      readonly words: readonly SttWord[];
      /** Words in `text`, or an estimate of how many were said where it was rejected. */
      readonly wordCount: number;
      readonly answersFinalize: boolean;
      /** BCP 47 tag of the language that was heard; absent where the recogniser does not tell. */
      readonly language?: string;
    };
