export const TURN_SAMPLE_RATE_HZ = 16_000;

/** End-of-turn detection: one model a process, one ear a participant. */
export interface EndOfTurn {
  readonly provider: string;
  readonly capabilities: EndOfTurnCapabilities;
  /** Loads the model, so that the first pause waits for nothing. Rejects with ProviderError. */
  warm(): Promise<void>;
  openEar(options: {
    /** BCP 47 tag of what is spoken. A language that the provider does not know is no error: its scores are unsure. */
    readonly language: string;
  }): EndOfTurnEar;
  /** Frees the model; open questions are answered with ProviderError `unavailable`. Safe to call twice. */
  close(): Promise<void>;
}

export interface EndOfTurnCapabilities {
  /** What a score is made from; `none`: nothing, and every score is unsure. */
  readonly input: 'audio' | 'text' | 'none';
}

/** A frame as an ear gives it on: with the speech gate's verdict. */
export interface TurnFrame {
  /** 16 kHz, any number of samples. The caller may use the array again. */
  readonly samples: Int16Array;
  /** True from the first frame of speech until the gate closes. */
  readonly isSpeech: boolean;
}

/** What one participant says, turn by turn. */
export interface EndOfTurnEar {
  /** Takes the next sound of the ear, in order; never blocks. Speech overtakes an open question. */
  push(frame: TurnFrame): void;
  /** The turn was taken: what was heard so far is no part of the next one, which begins with speech. */
  endTurn(): void;
  /**
   * How likely it is that the turn ends here. Rejects with `signal.reason` at once when aborted, and with
   * ProviderError `unavailable`, `timeout`, `rate_limit` or `protocol`: whoever asks then waits as without a model.
   */
  score(options: {
    /** What was understood of the turn so far. */
    readonly text: string;
    readonly signal: AbortSignal;
  }): Promise<TurnScore>;
  /** Its open question is overtaken. Safe to call twice. */
  close(): void;
}

export type TurnScore =
  /** 0: the participant will go on; 1: the turn is over; 0.5: nobody knows. */
  | { readonly kind: 'scored'; readonly probability: number }
  /** The answer is of no use any more: speech resumed, a newer question was asked, or the ear was closed. */
  | { readonly kind: 'overtaken' };

/** The score of a provider that cannot tell. */
export const UNSURE: TurnScore = { kind: 'scored', probability: 0.5 };
