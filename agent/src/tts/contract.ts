/** Text to speech: one context a reply. */
export interface Tts {
  readonly provider: string;
  /** Name of what speaks, as its bill has it. */
  readonly model: string;
  /** Voices that may be asked for; the first is the default. */
  readonly voices: readonly string[];
  /** Rate of the sound a voice gives. Throws ProviderError `bad_request` for an unknown voice, naming the known. */
  sampleRateHz(voice: string): number;
  /** Loads models and opens connections, so that the first sentence waits for nothing. */
  warm(): Promise<void>;
  open(options: TtsOptions): TtsReply;
  /** Ends every reply and frees the models. Safe to call twice. */
  close(): Promise<void>;
}

export interface TtsOptions {
  readonly voice: string;
  /** BCP 47 tag. */
  readonly language: string;
  /** Ends the reply: iteration stops without a throw and the provider drops its work within one event. */
  readonly signal: AbortSignal;
}

/** Iterate for sound. Segments come out in the order in which they went in; a failure throws ProviderError. */
export interface TtsReply extends AsyncIterable<TtsEvent> {
  say(segment: { readonly segmentId: string; readonly text: string }): void;
  /** No segment follows: the iteration ends after the last one's sound. */
  finish(): void;
}

/** When a word of a segment sounds. */
export interface WordMark {
  /** Place in the segment's text, in UTF-16 code units. */
  readonly charStart: number;
  readonly charEnd: number;
  /** From the start of the segment's sound. */
  readonly startMs: number;
  readonly endMs: number;
  /** The voice gave no time for this word; it was estimated. */
  readonly isEstimated: boolean;
}

export type TtsEvent =
  | {
      readonly type: 'audio';
      readonly segmentId: string;
      readonly samples: Int16Array;
      readonly sampleRateHz: number;
    }
  /** Marks of words not marked before, in order; each comes before or with the sound of its word. */
  | { readonly type: 'words'; readonly segmentId: string; readonly marks: readonly WordMark[] }
  /** So many characters of the segment were given to the voice that is billed; a line that was ready cost none. */
  | {
      readonly type: 'usage';
      readonly segmentId: string;
      /** Whose bill it is on. */
      readonly provider: string;
      readonly model: string;
      readonly characters: number;
    }
  /** All of the segment's sound was given. A segment with nothing to pronounce has a duration of 0. */
  | { readonly type: 'segmentEnd'; readonly segmentId: string; readonly durationMs: number };
