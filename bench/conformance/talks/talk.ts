/** From and to, in ms; a variant draws one between them. */
export type RangeMs = readonly [fromMs: number, toMs: number];

/** What the agent is to answer: it decides what can be said over it. */
export type AnswerKind =
  /** One sentence. */
  | 'short'
  /** Several sentences without a question, 12 s or more. */
  | 'long'
  /** Ends by reading back what was said and asking nothing. */
  | 'readBack';

/** What is heard over the agent and asks for no answer. */
export type OverlapKind = 'acknowledgement' | 'cough' | 'noise' | 'steadyNoise' | 'echo';

/** What a caller does, each with what should happen. */
export type TalkStep =
  /**
   * The caller speaks while the agent is silent. The parts are one turn: between them the agent holds its tongue, and
   * after the last it answers, once.
   */
  | {
      readonly kind: 'turn';
      /** One of these is said, part by part. */
      readonly says: readonly [readonly string[], ...(readonly string[])[]];
      readonly pauseMs: RangeMs;
      readonly answer: AnswerKind;
    }
  /** The caller takes the floor while the agent speaks: it stops, and answers what was said. */
  | {
      readonly kind: 'bargeIn';
      readonly says: readonly [readonly string[], ...(readonly string[])[]];
      readonly pauseMs: RangeMs;
      /** After the reply's first sound. */
      readonly intoReplyMs: RangeMs;
      readonly answer: AnswerKind;
    }
  /** The caller goes on after a turn that seemed over, so that the agent may be about to answer: all is answered. */
  | {
      readonly kind: 'goesOn';
      readonly says: readonly [readonly string[], ...(readonly string[])[]];
      /** After the end of the turn before. */
      readonly afterMs: RangeMs;
      readonly answer: AnswerKind;
    }
  /** The caller makes a sound over the agent, which goes on. */
  | {
      readonly kind: 'overlap';
      readonly of: 'acknowledgement';
      readonly says: readonly [string, ...string[]];
      readonly intoReplyMs: RangeMs;
    }
  | {
      readonly kind: 'overlap';
      readonly of: 'cough' | 'noise';
      readonly lengthMs: RangeMs;
      readonly intoReplyMs: RangeMs;
    }
  /** The agent is heard out. */
  | { readonly kind: 'listen' }
  /** The agent asks for something that is read out in groups. */
  | { readonly kind: 'isAskedFor'; readonly what: 'digits' | 'spelling' }
  /** The caller says nothing until the agent asks whether they are there. */
  | { readonly kind: 'silence'; readonly checkedWithinMs: number };

/** One two-sided talk with its labels. */
export interface Talk {
  readonly name: string;
  readonly steps: readonly TalkStep[];
  /**
   * The agent's words come back through a loudspeaker, so much after they are at the ear; null: they do not. A word that
   * is cut comes back as a sound alone.
   */
  readonly echoMs: RangeMs | null;
  /** A machine runs beside the caller: bursts that a VAD takes for speech, with a word in some of them. */
  readonly hasSteadyNoise: boolean;
}
